/* An AMD module with good and bad classes in it. */
define(["@jupyter-widgets/base"], (base) => {
  class GoodModel extends base.DOMWidgetModel {}
  class ThrowingModel extends base.DOMWidgetModel {
    initialize() {
      throw new Error("the model cannot be made");
    }
  }
  class GoodView extends base.DOMWidgetView {
    render() {
      this.el.textContent = "drawn by AMD";
    }
  }
  class ThrowingView extends base.DOMWidgetView {
    render() {
      throw new Error("the view cannot be drawn");
    }
  }
  return { GoodModel, ThrowingModel, GoodView, ThrowingView };
});
