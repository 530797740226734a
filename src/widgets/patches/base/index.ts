/** All patches of base and Lumino; the start chunk has them. */
import "./closed-comm.js";
import "./custom-message-order.js";
import "./detached-elements.js";
import "./first-set.js";
import "./layout-and-style-traits.js";
import "./layout-listeners.js";
import "./lists.js";
import "./own-buffers.js";
import "./phosphor-messages.js";
import "./removed-children.js";
import "./tooltip.js";
import "./unsaved-changes.js";
import "./updates.js";
import "./view-listeners.js";
import "../lumino/panel-attach.js";
