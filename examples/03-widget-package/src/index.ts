/** The package's entry: makes its widgets known. Their code is loaded when the first is shown. */
import { registerWidgetModule } from "shiny-comm";

registerWidgetModule("wave-pad", "1.0.0", async ({ load }) => {
  const { defineWidgets } = await import("./widgets.js");
  return defineWidgets(await load<typeof import("@jupyter-widgets/base")>("@jupyter-widgets/base"));
});
