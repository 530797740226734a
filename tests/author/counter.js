// An anywidget: the module in `_esm` of its Python class.
export default {
  render({ model, el }) {
    const button = document.createElement("button");
    const show = () => {
      button.textContent = `count is ${model.get("count")}`;
    };
    button.addEventListener("click", () => {
      model.set("count", model.get("count") + 1);
      model.save_changes();
      model.send({ kind: "clicked" }, undefined, [new Uint8Array([1, 2]).buffer]);
    });
    model.on("change:count", show);
    model.on("msg:custom", (content, buffers) => {
      button.title = `${content.title} (${buffers.length} buffer)`;
    });
    show();
    el.append(button);
  },
};
