/** The model of the Output widget: the `outputs` trait, in JupyterLab's model of an output area. */
import * as upstream from "@jupyter-widgets/output";
import type { IOutput } from "@jupyterlab/nbformat";
import { OutputAreaModel } from "@jupyterlab/outputarea";
import { isObject } from "../../util/object.js";

type Attributes = Parameters<upstream.OutputModel["initialize"]>[0];
type Options = Parameters<upstream.OutputModel["initialize"]>[1];

export class OutputModel extends upstream.OutputModel {
  // Only declared: the base constructor calls `initialize`, and an initialized field would be reset after it.
  declare private area: OutputAreaModel;

  override defaults(): ReturnType<upstream.OutputModel["defaults"]> {
    return { ...super.defaults(), msg_id: "", outputs: [] };
  }

  override initialize(attributes: Attributes, options: Options): void {
    super.initialize(attributes, options);
    // Trusted, as the outputs of cells that have just run: the app's server made them.
    this.area = new OutputAreaModel({ trusted: true });
    this.listenTo(this, "change:outputs", this.setOutputs);
    this.setOutputs();
  }

  /** The outputs to show, with merged streams, and with carriage returns and backspaces applied. */
  get outputs(): OutputAreaModel {
    return this.area;
  }

  /** Empties the area; with `wait`, before the next output. */
  clear_output(wait = false): void {
    this.area.clear(wait);
  }

  /** Applies the trait. Without a kernel it is the only source of outputs. */
  setOutputs(): void {
    const outputs: unknown = this.get("outputs");
    this.area.fromJSON(Array.isArray(outputs) ? outputs.filter(isOutput).map(joinText) : []);
  }
}

function isOutput(value: unknown): value is IOutput {
  return isObject(value) && typeof value.output_type === "string";
}

/** Joins nbformat's list form of a stream, to which OutputAreaModel would add line ends. */
function joinText(output: IOutput): IOutput {
  return Array.isArray(output.text) ? { ...output, text: output.text.join("") } : output;
}
