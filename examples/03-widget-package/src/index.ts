/** The entry of the package: registers its widgets, whose code is loaded with the first widget. */
import { registerWidgetModule } from "shiny-comm";

registerWidgetModule("wave-pad", "1.0.0", async ({ load }) => {
  const { defineWidgets } = await import("./widgets.js");
  return defineWidgets(await load<typeof import("@jupyter-widgets/base")>("@jupyter-widgets/base"));
});
