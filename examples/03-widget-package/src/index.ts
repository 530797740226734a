/** The package's entry: makes its widgets known. Their code is loaded when the first is shown. */
import { registerWidgetModule } from "shiny-comm";

registerWidgetModule("wave-pad", "1.0.0", () => import("./widgets.js"));
