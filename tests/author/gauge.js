// A classic widget module, as Jupyter's extensions and shinywidgets serve it: AMD.
define(["@jupyter-widgets/base"], (base) => {
  class GaugeModel extends base.DOMWidgetModel {
    defaults() {
      return { ...super.defaults(), values: null };
    }
  }

  class GaugeView extends base.DOMWidgetView {
    render() {
      this.model.on("change:values", this.show, this);
      this.show();
    }

    show() {
      const values = new Float32Array(this.model.get("values").buffer);
      this.el.textContent = `mean ${values.reduce((sum, each) => sum + each, 0) / values.length}`;
    }
  }

  return { GaugeModel, GaugeView };
});
