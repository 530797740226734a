"""The widget package in a Shiny app: the user and Python draw a wave."""

from __future__ import annotations

import numpy as np
import shiny_comm
from shiny import App, Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget
from wave_pad import LENGTH, WavePad, dependency

shiny_comm.use()

T = np.arange(LENGTH) / LENGTH
WAVES = {
    "sine": np.sin(2 * np.pi * T),
    "triangle": 2 / np.pi * np.arcsin(np.sin(2 * np.pi * T)),
    "square": np.sign(np.sin(2 * np.pi * T + 1e-9)),
    "sawtooth": 2 * T - 1,
}

app_ui = ui.page_sidebar(
    ui.sidebar(
        ui.input_select("wave", "A wave from Python", list(WAVES)),
        ui.input_action_button("smooth", "Smooth", class_="btn-outline-primary"),
        ui.input_action_button("negate", "Turn upside down", class_="btn-outline-primary"),
        ui.div(ui.input_dark_mode(id="mode"), class_="mt-auto"),
    ),
    shiny_comm.dependency(),
    dependency(),
    ui.card(
        ui.card_header("Draw a wave"),
        output_widget("pad", fillable=True),
        ui.card_footer(
            ui.output_text("received", inline=True),
            style="font-variant-numeric: tabular-nums",
        ),
        full_screen=True,
    ),
    title="A widget package",
    fillable=True,
)


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the widget, and compute with the drawn wave."""

    @render_widget
    def pad() -> WavePad:
        return WavePad(WAVES["sine"])

    @reactive.effect
    @reactive.event(input.wave, ignore_init=True)
    def take_wave() -> None:
        pad.widget.wave = WAVES[input.wave()]

    @reactive.effect
    @reactive.event(input.smooth)
    def smooth() -> None:
        spectrum = np.fft.rfft(pad.widget.wave)
        spectrum[len(spectrum) // 16 :] = 0
        pad.widget.wave = np.clip(np.fft.irfft(spectrum, LENGTH), -1, 1)

    @reactive.effect
    @reactive.event(input.negate)
    def negate() -> None:
        pad.widget.wave = -pad.widget.wave

    @render.text
    def received() -> str:
        samples = reactive_read(pad.widget, "samples")
        wave, harmonics = pad.widget.wave, pad.widget.harmonics
        power = float(np.sum(harmonics**2))
        overtones = 100 * (1 - float(harmonics[0] ** 2) / power) if power > 0 else 0
        return (
            f"Python has {len(samples)} bytes: from {wave.min():.2f} to {wave.max():.2f}, "
            f"RMS {np.sqrt(np.mean(wave**2)):.2f}, {overtones:.0f} % of the power in overtones."
        )


app = App(app_ui, server)
