/** The model and the view of the widget, with the names of the Python class. */
import { draw } from "./draw.js";
import { between, floatsOf, viewOf } from "./samples.js";

type Base = typeof import("@jupyter-widgets/base");

interface Point {
  /** The index of a sample. */
  n: number;
  value: number;
}

/** Sends bytes without a copy; the default serializer copies by JSON. */
const bytes = { serialize: (value: DataView) => value };

/** @param base the page's base classes, which the client requires */
export function defineWidgets({ DOMWidgetModel, DOMWidgetView }: Base): object {
  class WavePadModel extends DOMWidgetModel {
    static override serializers = {
      ...DOMWidgetModel.serializers,
      samples: bytes,
      spectrum: bytes,
    };

    override defaults() {
      return {
        ...super.defaults(),
        _model_module: "wave-pad",
        _model_module_version: "1.0.0",
        _model_name: "WavePadModel",
        _view_module: "wave-pad",
        _view_module_version: "1.0.0",
        _view_name: "WavePadView",
        samples: new DataView(new ArrayBuffer(0)),
        spectrum: new DataView(new ArrayBuffer(0)),
      };
    }
  }

  class WavePadView extends DOMWidgetView {
    readonly #canvas = document.createElement("canvas");
    readonly #resized = new ResizeObserver(() => this.#draw());
    readonly #themed = new MutationObserver(() => this.#draw());
    #last: Point | undefined;

    override render(): void {
      super.render();
      const canvas = this.#canvas;
      Object.assign(this.el.style, { display: "block", position: "relative", minHeight: "240px" });
      Object.assign(canvas.style, {
        position: "absolute",
        inset: "0",
        width: "100%",
        height: "100%",
        cursor: "crosshair",
        touchAction: "none",
      });
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", "A wave to draw, and the strength of its harmonics");
      this.el.append(canvas);
      this.listenTo(this.model, "change:samples change:spectrum", () => this.#draw());
      canvas.addEventListener("pointerdown", (event) => {
        canvas.setPointerCapture(event.pointerId);
        this.#drawTo(event);
      });
      canvas.addEventListener("pointermove", (event) => {
        if (this.#last) this.#drawTo(event);
      });
      for (const end of ["pointerup", "pointercancel"]) {
        canvas.addEventListener(end, () => {
          this.#last = undefined;
        });
      }
      this.#resized.observe(this.el);
      // Light and dark.
      this.#themed.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    }

    override remove(): void {
      this.#resized.disconnect();
      this.#themed.disconnect();
      super.remove();
    }

    /** Sets the samples between the last and the current place of the pointer. */
    #drawTo(event: PointerEvent): void {
      const before = floatsOf(this.model.get("samples"));
      const { clientWidth, clientHeight } = this.#canvas;
      const limit = (value: number, least: number, most: number) =>
        Math.min(Math.max(value, least), most);
      const point: Point = {
        n: limit(Math.floor((event.offsetX / clientWidth) * before.length), 0, before.length - 1),
        value: limit(1.1 - (2.2 * event.offsetY) / clientHeight, -1, 1),
      };
      const samples = between(before, this.#last ?? point, point);
      this.#last = point;
      this.model.set("samples", viewOf(samples));
      this.touch();
    }

    #draw(): void {
      const samples = floatsOf(this.model.get("samples"));
      draw(this.#canvas, samples, floatsOf(this.model.get("spectrum")));
    }
  }

  return { WavePadModel, WavePadView };
}
