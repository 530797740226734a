/** Which part of the controls has a class: most pages need a third of them, and no icons. */

export const CONTROLS = "@jupyter-widgets/controls";
/** A name for what `controls-core.ts` has. */
export const CORE_CONTROLS = `${CONTROLS}/core`;

/** The module, or the part of it, that has a class, by its name in `bundled.ts`. */
export function partWith(className: string, moduleName: string): string {
  return moduleName === CONTROLS && CORE_CLASS.test(className) ? CORE_CONTROLS : moduleName;
}

const CORE_CLASS =
  /^((Bounded)?(Int|Float)(Range|Log)?(Slider|Text|Progress)|[HV]?Box|GridBox|Label|Text|Textarea|Password|(Directional)?Link|(Slider|Progress|Label|Text|Description)Style)(Model|View)$|^ProgressView$/;
