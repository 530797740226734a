/* An anywidget's module, served as a file or sent as text. */
export default {
  render({ model, el }) {
    el.textContent = `drawn ${model.get("value")}`;
  },
};
