/**
 * Gives a FileUpload without a tooltip no title.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault
 * Fault: The title of a FileUpload without a tooltip is "null". Button had the same fault.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/pull/3589
 * Gain: No tooltip.
 * Remove: when `FileUploadView.update` checks for `null`.
 * Test: tests/widgets/patches.test.ts
 */
import { FileUploadView } from "@jupyter-widgets/controls/lib/widget_upload.js";

const { update } = FileUploadView.prototype;
FileUploadView.prototype.update = function (this: FileUploadView) {
  update.call(this);
  if (this.model.get("tooltip") === null) this.el.removeAttribute("title");
};
