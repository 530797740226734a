/**
 * Stops the animation of a closed Play.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: A model that is closed while it plays continues forever.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/2747
 * Gain: No timers of closed widgets.
 * Remove: when `loop` checks whether the model is closed.
 * Test: tests/widgets/controls.test.ts
 */
import { PlayModel } from "@jupyter-widgets/controls/lib/widget_int.js";
import { isClosed } from "../internals.js";

const { loop } = PlayModel.prototype;
PlayModel.prototype.loop = function (this: PlayModel) {
  if (!isClosed(this)) loop.call(this);
};
