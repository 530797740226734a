/** Loads the classes of models and views. */
import type { WidgetModel, WidgetView } from "@jupyter-widgets/base";
import { CommError } from "../../comm/errors.js";
import { shorten } from "../../util/text.js";
import { findPart } from "../modules/controls-parts.js";
import type { ModuleRegistry } from "../modules/module-registry.js";

const NO_CLASS_ADVICE =
  "The Python package and its front end have different versions. Install a package that contains " +
  "its front end, or the version that the message names.";
const R_ADVICE =
  "Name a version with the class in _model_module_version, or use widget_from_wheel().";

/** The class of a model or of a view, depending on the state that refers to it. */
export type WidgetClass = typeof WidgetModel & typeof WidgetView;

export class ClassLoader {
  readonly #modules: ModuleRegistry;
  /** Classes of modules that are not registered, by module and name. */
  readonly #classes = new Map<string, Map<string, WidgetClass>>();

  constructor(modules: ModuleRegistry) {
    this.#modules = modules;
  }

  /** Returns a class that was loaded before, unless its module was registered since. */
  known(className: string, moduleName: string): WidgetClass | undefined {
    const known = this.#classes.get(moduleName)?.get(className);
    return known && !this.#modules.isRegistered(moduleName) ? known : undefined;
  }

  /** @throws {CommError} `MODULE_LOAD` (rejects) when the module cannot be loaded or has no such class */
  async load(className: string, moduleName: string, version: string): Promise<WidgetClass> {
    const isRegistered = this.#modules.isRegistered(moduleName);
    const part = isRegistered ? moduleName : findPart(className, moduleName);
    const found = (await this.#modules.load(part, version))[className];
    // Every object inherits these names (`constructor`, `toString`).
    const isInherited = Object.hasOwn(Object.prototype, className);
    if (isInherited || !isClass(found)) {
      throw new CommError(
        "MODULE_LOAD",
        `no class ${shorten(String(className), 200)} in ${moduleName}@${version}`,
        { advice: this.#modules.serverAdvice(NO_CLASS_ADVICE, R_ADVICE) },
      );
    }
    if (!isRegistered) {
      const classes = this.#classes.get(moduleName) ?? new Map<string, WidgetClass>();
      this.#classes.set(moduleName, classes.set(className, found));
    }
    return found;
  }
}

function isClass(value: unknown): value is WidgetClass {
  return typeof value === "function";
}

/** Returns a class with its module and version, for error messages. */
export function classLabel(name: unknown, module: unknown, version: unknown): string {
  return name ? shorten(`${String(name)} (${String(module)}@${String(version)})`, 300) : "a widget";
}
