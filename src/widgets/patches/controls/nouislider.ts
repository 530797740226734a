/**
 * noUiSlider as the views of sliders need it (`scripts/replacements.mjs` puts it in its place).
 *
 * Views listen to `update`, which is fired for what a program sets too, and then send the value that
 * has been brought into the range and onto a step, as if the user had set it
 * (https://github.com/jupyter-widgets/ipywidgets/issues/3951). Here `update` is `slide`: the user's own.
 * A handle stands where the model is, on a step or not, and as long as the user leaves it there, its
 * value is what the model has, to the last digit.
 */
import * as noUiSlider from "nouislider";

function create(target: HTMLElement, options: noUiSlider.Options): noUiSlider.API {
  let current = usable(options);
  const slider = noUiSlider.create(target, current);
  const { get, on, set, updateOptions } = slider;
  /** What the model says; and the places that stand for it, of those handles that the user has not moved. */
  let told: number[];
  let places: (number | undefined)[];

  function place(values: unknown): void {
    const { min, max } = current.range;
    told = [values].flat() as number[];
    // In a range without a size, noUiSlider knows best where handles are.
    if (min < max) {
      const within = told.map((value) => Math.max(min, Math.min(max, value)));
      set(within, false, true);
    }
    places = [get(true)].flat() as number[];
  }

  // Views set what is not where it is to be. A value beyond the range has the place of another, so
  // they set each.
  slider.get = () => [];
  slider.set = place;
  slider.updateOptions = (changes) => {
    current = usable({ ...current, start: told, ...changes });
    updateOptions(current, false);
    place(current.start);
  };
  slider.on = (event, listener) => {
    on(event === "update" ? "slide" : event, (values, handle, numbers, ...rest) => {
      // In a range without a size, a key moves a handle to no place.
      if (numbers.some(Number.isNaN)) return slider.updateOptions({ start: told }, false);
      const isMoved = numbers.map((number, index) => number !== places[index]);
      if (!isMoved.includes(true)) return;
      places = places.map((number, index) => (isMoved[index] ? undefined : number));
      const mixed = values.map((value, index) => (isMoved[index] ? value : (told[index] ?? value)));
      listener.call(slider, mixed, handle, numbers, ...rest);
    });
  };
  place(current.start);
  return slider;
}

export default { create };

/** Between two messages of the server, a range may end before it begins, and a value be missing. */
function usable(options: noUiSlider.Options) {
  const { min, max } = options.range as Record<"min" | "max", number>;
  return { ...options, range: { min, max: Math.max(min, max) }, start: options.start ?? min };
}
