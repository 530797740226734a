/* An AMD widget with the habits that make trouble: UMD, a sibling module, globals overwritten. */
window.$ = "overwritten";
((root, factory) => {
  if (typeof define === "function" && define.amd) {
    define(["@jupyter-widgets/base", "@jupyter-widgets/controls", "sibling", "module"], factory);
  } else {
    root.testAmd = factory();
  }
})(this, (base, controls, sibling, module) => {
  // Bundlers ask for these inside their factories.
  const inside = {
    amd: Boolean(window.define && window.define.amd),
    script: document.currentScript.src,
  };
  class AmdModel extends base.DOMWidgetModel {}
  class AmdView extends base.DOMWidgetView {
    render() {
      this.el.classList.add("amd");
      this.el.textContent = JSON.stringify({
        ...inside,
        sibling: sibling.name,
        controls: typeof controls.IntSliderModel,
        module: module.id,
      });
    }
  }
  return { AmdModel, AmdView };
});
