/**
 * Lets several views of Play share one animation.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: Each view starts the model, and a second view mistakes a step of the first for the end.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/3967
 * Gain: The animation runs to its end.
 * Remove: when `onPlayingChanged` calls `animate`.
 * Test: tests/widgets/controls.test.ts
 */
import { PlayView } from "@jupyter-widgets/controls/lib/widget_int.js";

PlayView.prototype.onPlayingChanged = function (this: PlayView) {
  this.updatePlaying();
  if (this.model.get("playing")) this.model.animate();
  else this.model.pause();
};
