/**
 * Names the buttons of Play for screen readers.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: The buttons have icons and no accessible names.
 * Issue: docs/upstream/part-names.md
 * Gain: Each button has a name and a state.
 * Remove: when the view sets `aria-label` and `aria-pressed`.
 * Test: tests/widgets/patches.test.ts
 */
import { PlayView } from "@jupyter-widgets/controls/lib/widget_int.js";

const { updatePlaying, updateRepeat } = PlayView.prototype;
PlayView.prototype.updatePlaying = function (this: PlayView) {
  updatePlaying.call(this);
  this.playPauseButton.setAttribute("aria-label", this.model.get("playing") ? "Pause" : "Play");
  this.stopButton.setAttribute("aria-label", "Stop");
};
PlayView.prototype.updateRepeat = function (this: PlayView) {
  updateRepeat.call(this);
  this.repeatButton.setAttribute("aria-label", "Repeat");
  this.repeatButton.setAttribute("aria-pressed", String(this.model.get("repeat") === true));
};
