/**
 * noUiSlider for the views of sliders: the patch `build/slider-user-events.mjs` puts it into them.
 *
 * `update` is `slide` here, which only the user causes. A handle is at the model's value, on a step or not.
 * Until the user moves it, its value is exactly the model's value.
 */
import * as noUiSlider from "nouislider";

function create(target: HTMLElement, options: noUiSlider.Options): noUiSlider.API {
  let current = usable(options);
  const slider = noUiSlider.create(target, current);
  const { get, on, set, updateOptions } = slider;
  /** The model's values. */
  let modelValues: number[];
  /** The handles' places for these; `undefined` for handles that the user has moved. */
  let places: (number | undefined)[];

  function place(values: unknown): void {
    const { min, max } = current.range;
    modelValues = [values].flat() as number[];
    // noUiSlider itself places the handles of a range without a size.
    if (min < max) {
      const within = modelValues.map((value) => Math.max(min, Math.min(max, value)));
      set(within, false, true);
    }
    places = [get(true)].flat() as number[];
  }

  // Views set a handle if `get` returns another value. A value outside the range shares its place with
  // another value, so views must set all.
  slider.get = () => [];
  slider.set = place;
  slider.updateOptions = (changes) => {
    current = usable({ ...current, start: modelValues, ...changes });
    updateOptions(current, false);
    place(current.start);
  };
  slider.on = (event, listener) => {
    on(event === "update" ? "slide" : event, (values, handle, numbers, ...rest) => {
      // A key moves a handle of a range without a size to `NaN`.
      if (numbers.some(Number.isNaN)) return slider.updateOptions({ start: modelValues }, false);
      const isMoved = numbers.map((number, index) => number !== places[index]);
      if (!isMoved.includes(true)) return;
      places = places.map((number, index) => (isMoved[index] ? undefined : number));
      const mixed = values.map((value, index) =>
        isMoved[index] ? value : (modelValues[index] ?? value),
      );
      listener.call(slider, mixed, handle, numbers, ...rest);
    });
  };
  place(current.start);
  return slider;
}

export default { create };

/** Corrects options: between two messages of the server, a range may end before it begins. */
function usable(options: noUiSlider.Options) {
  const { min, max } = options.range as Record<"min" | "max", number>;
  return { ...options, range: { min, max: Math.max(min, max) }, start: options.start ?? min };
}
