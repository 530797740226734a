/** The Output widget's model: the `outputs` trait, as JupyterLab would have collected it. */
import * as upstream from "@jupyter-widgets/output";
import type { IOutput } from "@jupyterlab/nbformat";
import { OutputAreaModel } from "@jupyterlab/outputarea";

type Attributes = Parameters<upstream.OutputModel["initialize"]>[0];
type Options = Parameters<upstream.OutputModel["initialize"]>[1];

export class OutputModel extends upstream.OutputModel {
  // Declared only: a field would be reset after `initialize`, which the base constructor calls.
  declare private area: OutputAreaModel;

  override defaults(): ReturnType<upstream.OutputModel["defaults"]> {
    return { ...super.defaults(), msg_id: "", outputs: [] };
  }

  override initialize(attributes: Attributes, options: Options): void {
    super.initialize(attributes, options);
    // Trusted, as in a notebook whose cells have just run: the app's own server made it.
    this.area = new OutputAreaModel({ trusted: true });
    this.listenTo(this, "change:outputs", this.setOutputs);
    this.setOutputs();
  }

  /** The outputs to show: streams merged, carriage returns and backspaces acted on. */
  get outputs(): OutputAreaModel {
    return this.area;
  }

  /** Empties the area; with `wait`, when the next output comes. */
  clear_output(wait = false): void {
    this.area.clear(wait);
  }

  /** Takes over the trait. Without a kernel it is the only source of outputs. */
  setOutputs(): void {
    const outputs: unknown = this.get("outputs");
    this.area.fromJSON(Array.isArray(outputs) ? outputs.filter(isOutput).map(joinText) : []);
  }
}

function isOutput(value: unknown): value is IOutput {
  return (
    typeof value === "object" &&
    value !== null &&
    "output_type" in value &&
    typeof value.output_type === "string"
  );
}

/** nbformat's list form of a stream keeps its line ends; OutputAreaModel would add more. */
function joinText(output: IOutput): IOutput {
  return Array.isArray(output.text) ? { ...output, text: output.text.join("") } : output;
}
