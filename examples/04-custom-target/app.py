"""A live chart without a widget: a comm sends typed arrays to the page, and controls and bytes
back.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import shiny_comm
from numpy.typing import NDArray
from shiny import App, Inputs, Outputs, Session, reactive, render, ui

HERE = Path(__file__).parent

RATE = 1000
SECONDS = 2
MESSAGES_PER_SECOND = 30
CHANNELS = ["sine", "with overtones", "with noise"]


class Oscillator:
    """Generates samples, and continues without a jump when the frequency changes."""

    def __init__(self) -> None:
        self.frequency = 3.0
        self.noise = 0.3
        self.running = True
        self._phase = 0.0
        self._random = np.random.default_rng(1)

    def samples(self, count: int) -> list[NDArray[np.float32]]:
        """Return the next samples of each channel."""
        step = 2 * np.pi * self.frequency / RATE
        phase = self._phase + step * np.arange(1, count + 1)
        self._phase = float(phase[-1] % (2 * np.pi))
        sine = np.sin(phase)
        overtones = sine + np.sin(3 * phase) / 3 + np.sin(5 * phase) / 5
        noisy = sine + self.noise * self._random.normal(size=count)
        return [channel.astype("<f4") for channel in (sine, overtones, noisy)]


def control(name: str, label: str, least: float, most: float, value: float) -> ui.Tag:
    """Return a slider that sends its value on the comm, not to Shiny."""
    attributes = {"type": "range", "min": least, "max": most, "step": 0.1, "value": value}
    return ui.tags.label(
        ui.span(label),
        ui.tags.input(name=name, class_="form-range", **attributes),
        ui.tags.output(f"{value:g}"),
    )


app_ui = ui.page_fillable(
    ui.head_content(
        ui.tags.link(rel="stylesheet", href="chart.css"),
        ui.tags.script(type="module", src="page.js"),
    ),
    # The stream keeps the session busy permanently.
    ui.busy_indicators.use(spinners=False, pulse=False),
    ui.card(
        ui.card_header(
            "Samples from Python, thirty messages a second",
            ui.input_dark_mode(id="mode"),
            class_="d-flex justify-content-between align-items-center",
        ),
        ui.div(
            ui.tags.canvas(id="chart", role="img", aria_label="The last two seconds of the signal"),
            class_="chart-place html-fill-item",
        ),
        ui.card_footer(
            ui.div(
                control("frequency", "Frequency in Hz", 1, 12, 3),
                control("noise", "Noise", 0, 1, 0.3),
                ui.tags.button("Pause", type="button", name="pause", class_="btn btn-outline-primary"),
                ui.tags.button(
                    "Measure what is seen", type="button", name="measure", class_="btn btn-primary"
                ),
                id="controls",
            ),
            ui.div(
                ui.span("Page: ", ui.tags.output(id="seen")),
                ui.span("Python: ", ui.output_text("received", inline=True)),
            ),
            class_="chart-footer",
        ),
    ),
    title="A custom comm",
)


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Open a comm for each session, stream samples, and handle the page's messages."""
    source = Oscillator()
    last = reactive.value("nothing yet")

    comm = shiny_comm.Comm(
        "example.chart",
        {"rate": RATE, "seconds": SECONDS, "channels": CHANNELS},
    )

    def receive(message: dict[str, Any]) -> None:
        data = message["content"]["data"]
        if data["what"] == "set":
            source.frequency = min(max(float(data["frequency"]), 0.1), RATE / 4)
            source.noise = min(max(float(data["noise"]), 0), 10)
            source.running = bool(data["running"])
            running = "" if source.running else ", paused"
            last.set(f"{source.frequency:g} Hz, noise {source.noise:g}{running}")
        elif data["what"] == "measure":
            samples = np.frombuffer(message["buffers"][0], dtype="<f4")
            last.set(describe(samples))

    comm.on_msg(receive)

    sent_until = monotonic()

    @reactive.effect
    def stream() -> None:
        nonlocal sent_until
        reactive.invalidate_later(1 / MESSAGES_PER_SECOND)
        now = monotonic()
        # All due samples, even if this call is late, but at most one second.
        sent_until = max(sent_until, now - 1)
        count = int((now - sent_until) * RATE)
        sent_until += count / RATE
        if count > 0 and source.running:
            comm.send(data={"what": "samples"}, buffers=source.samples(count))

    @render.text
    def received() -> str:
        return last.get()


def describe(samples: NDArray[np.float32]) -> str:
    """Return the number of samples, their strength and the strongest frequency."""
    if len(samples) < 2:
        return f"{len(samples)} samples"
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 8 * len(samples)))
    strongest = int(spectrum[1:].argmax()) + 1
    strength = float(np.sqrt(np.mean(samples**2)))
    frequency = strongest * RATE / (8 * len(samples))
    return f"{len(samples)} samples, {frequency:.1f} Hz, RMS {strength:.2f}"


app = App(
    app_ui,
    server,
    static_assets={"/client": HERE.parents[1] / "dist", "/": HERE / "www"},
)
