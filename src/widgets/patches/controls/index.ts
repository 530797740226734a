/** The patches of all controls. */
import "./core.js";
import "./accordion-close.js";
import "./color-text.js";
import "./container-selection.js";
import "./equal-labels.js";
import "./label-title.js";
import "./selection-index.js";
import "./selection-slider.js";
import "./stack-index.js";
import "./tags-drag.js";
import "./tags-keyboard.js";
import "./tags-numbers.js";
import "./time-microseconds.js";
import "./upload-title.js";
