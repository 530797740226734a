/** The module `anywidget`, hosted natively: what `_model_module: "anywidget"` resolves to. */
export { AnyModel, AnyView } from "./any-model.js";
