/* An AMD module with a model and a view. */
define(["@jupyter-widgets/base"], (base) => {
  class GoodModel extends base.DOMWidgetModel {}
  class GoodView extends base.DOMWidgetView {
    render() {
      this.el.textContent = "drawn by AMD";
    }
  }
  return { GoodModel, GoodView };
});
