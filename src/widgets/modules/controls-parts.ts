/** Finds the part of the controls that has a class: most pages use a few controls, and no icons. */

export const CONTROLS = "@jupyter-widgets/controls";
/** The name of the part in `controls-core.ts`. */
export const CORE_CONTROLS = `${CONTROLS}/core`;

/** Returns the name in `bundled.ts` of the module, or of its part, that has a class. */
export function findPart(className: string, moduleName: string): string {
  return moduleName === CONTROLS && CORE_CLASS.test(className) ? CORE_CONTROLS : moduleName;
}

const CORE_CLASS =
  /^((Bounded)?(Int|Float)(Range|Log)?(Slider|Text|Progress)|[HV]?Box|GridBox|Label|Text|Textarea|Password|(Directional)?Link|(Slider|Progress|Label|Text|Description)Style)(Model|View)$|^ProgressView$/;
