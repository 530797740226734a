"""A hand-written anywidget that sends and receives bytes.

To the page: the ``down`` trait, and a custom message with two buffers. From the page: the ``up``
trait (a DataView), a custom message with buffers, and a command with an answer. The receiving side
reports the length and SHA-256 of all bytes.
"""

from __future__ import annotations

import hashlib
from typing import Any

import anywidget
import numpy as np
import traitlets
from shiny import Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget

TITLE = "anywidget"
INTRO = (
    "Bytes from Python to the browser and back. The digests at both ends must match."
)

ESM = """
const hex = (buffer) =>
  [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, "0")).join("");

/** The length and SHA-256 of any buffer or view. */
async function digest(data) {
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
  return `${bytes.length} ${hex(await crypto.subtle.digest("SHA-256", bytes.slice()))}`;
}

/** The bytes 0, 1, 2, ... in the middle of a larger buffer, so the offset counts. */
function middle(length) {
  const whole = new Uint8Array(length + 24).fill(255);
  const view = new Uint8Array(whole.buffer, 8, length);
  view.forEach((_, i) => { view[i] = i % 256; });
  return view;
}

export default {
  initialize({ model }) {
    // Runs once for the model, however many views there are.
    model.set("initialized", model.get("initialized") + 1);
    model.save_changes();
  },

  render({ model, el, experimental }) {
    el.classList.add("binary-widget");
    const row = (name, label, onclick) => {
      const line = document.createElement("div");
      const head = document.createElement(onclick ? "button" : "span");
      const text = document.createElement("code");
      head.textContent = label;
      if (onclick) {
        head.className = `btn btn-sm btn-outline-primary ${name}`;
        head.addEventListener("click", onclick);
      } else {
        text.className = name;
      }
      line.append(head, text);
      el.append(line);
      return text;
    };

    const trait = row("down-trait", "trait from Python");
    const message = row("down-message", "message from Python");
    row("up-message", "send a message", () => {
      const floats = new Float64Array(new Float64Array([9, 1, 2, 3, 9]).buffer, 8, 3);
      model.send({ kind: "bytes" }, undefined, [middle(100), floats]);
    });
    row("up-trait", "set a trait", () => {
      const { buffer, byteOffset, byteLength } = middle(50);
      model.set("up", new DataView(buffer, byteOffset, byteLength));
      model.save_changes();
    });
    const reply = row("up-command", "invoke a command", async () => {
      const [answer, buffers] = await experimental.invoke(
        "_reverse", { name: "reverse" }, { buffers: [middle(10)] },
      );
      const bytes = new Uint8Array(
        buffers[0].buffer ?? buffers[0], buffers[0].byteOffset ?? 0, 10);
      reply.textContent = `${answer.length} ${answer.sha256} [${[...bytes]}]`;
    });

    const showTrait = async () => {
      trait.textContent = await digest(model.get("down"));
    };
    const showMessage = async (content, buffers) => {
      if (content?.kind !== "bytes") return;
      message.textContent = (await Promise.all(buffers.map(digest))).join(", ");
    };
    model.on("change:down", showTrait);
    model.on("msg:custom", showMessage);
    showTrait();
    return () => {
      model.off("change:down", showTrait);
      model.off("msg:custom", showMessage);
    };
  },
};
"""

CSS = """
.binary-widget { display: grid; gap: .5rem; }
.binary-widget > div { display: flex; gap: .75rem; align-items: center; }
.binary-widget > div > :first-child { min-width: 11rem; }
.binary-widget code { overflow-wrap: anywhere; font-size: .75rem; }
"""


def digest(data: bytes | memoryview) -> str:
    """Return the length and SHA-256 of bytes."""
    return f"{len(bytes(data))} {hashlib.sha256(data).hexdigest()}"


def random_bytes(seed: int, length: int) -> bytes:
    """Return bytes of each value, equal for equal seeds."""
    return np.random.default_rng(seed).bytes(length)


class BinaryWidget(anywidget.AnyWidget):
    """A widget with bytes in both directions, and a record of received bytes."""

    _esm = ESM
    _css = CSS
    down = traitlets.Bytes(random_bytes(0, 1000)).tag(sync=True)
    # The page sends a memoryview, which only the casting trait accepts.
    up = traitlets.CBytes(b"").tag(sync=True)
    initialized = traitlets.Int(0).tag(sync=True)
    message = traitlets.Unicode("nothing yet")
    command = traitlets.Unicode("nothing yet")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.on_msg(self._keep_message)

    def _keep_message(self, _: Any, content: Any, buffers: list[memoryview]) -> None:
        # Commands are custom messages, too, and have a separate handler.
        if content.get("kind") == "bytes":
            self.message = ", ".join(map(digest, buffers))

    @anywidget.experimental.command
    def _reverse(
        self, message: Any, buffers: list[memoryview]
    ) -> tuple[dict[str, Any], list[bytes]]:
        data = bytes(buffers[0])
        self.command = f"{message['name']} {digest(data)}"
        answer = {"length": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        return answer, [data[::-1]]


def page_ui() -> ui.Tag:
    """Return the widget, buttons that send bytes, and the bytes that Python received."""
    small = {"class_": "btn-outline-primary btn-sm"}
    return ui.layout_columns(
        ui.card(
            ui.card_header("In the browser"),
            output_widget("anywidget_binary", fill=False, fillable=False),
        ),
        ui.card(
            ui.card_header("In Python"),
            ui.div(
                ui.input_action_button("anywidget_trait_set", "Set the trait", **small),
                " ",
                ui.input_action_button("anywidget_send", "Send a message", **small),
            ),
            ui.output_code("anywidget_down"),
            ui.output_code("anywidget_up"),
            ui.output_code("anywidget_message"),
            ui.output_code("anywidget_command"),
            ui.output_code("anywidget_initialized"),
        ),
        col_widths={"sm": 12, "xl": 6},
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the widget, and handle its messages."""
    sent: reactive.value[str] = reactive.value("nothing yet")

    @render_widget
    def anywidget_binary() -> BinaryWidget:
        return BinaryWidget()

    @reactive.effect
    @reactive.event(input.anywidget_trait_set)
    def set_trait() -> None:
        anywidget_binary.widget.down = random_bytes(input.anywidget_trait_set(), 2000)

    @reactive.effect
    @reactive.event(input.anywidget_send)
    def send_message() -> None:
        seed = input.anywidget_send()
        buffers = [random_bytes(seed, 300), random_bytes(seed + 1, 7)]
        anywidget_binary.widget.send({"kind": "bytes"}, buffers)
        sent.set(", ".join(map(digest, buffers)))

    @render.code
    def anywidget_down() -> str:
        down = reactive_read(anywidget_binary.widget, "down")
        return f"trait: {digest(down)}\nsent: {sent.get()}"

    @render.code
    def anywidget_up() -> str:
        return f"up: {digest(reactive_read(anywidget_binary.widget, 'up'))}"

    @render.code
    def anywidget_message() -> str:
        return f"message: {reactive_read(anywidget_binary.widget, 'message')}"

    @render.code
    def anywidget_command() -> str:
        return f"command: {reactive_read(anywidget_binary.widget, 'command')}"

    @render.code
    def anywidget_initialized() -> str:
        times = reactive_read(anywidget_binary.widget, "initialized")
        return f"initialized: {times}"
