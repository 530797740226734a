/** The module `anywidget`, hosted natively: models with `_model_module: "anywidget"` load it. */
export { AnyModel, AnyView } from "./any-model.js";
