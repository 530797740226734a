/** The patches of the controls in `modules/controls-core.ts`. */
import "./int-text.js";
import "./log-slider-base.js";
import "./part-names.js";
import "./play-close.js";
import "./play-names.js";
import "./play-views.js";
import "./slider-handles.js";
import "./slider-layout.js";
import "./slider-range.js";
import "./slider-readout.js";
import "./typed-text.js";
