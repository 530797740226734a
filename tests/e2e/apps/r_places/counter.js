function render({ model, el }) {
  const button = document.createElement("button");
  button.className = "counter";
  const show = () => {
    button.textContent = `count ${model.get("count")} of ${model.get("bytes").byteLength}`;
  };
  button.addEventListener("click", () => {
    model.set("count", model.get("count") + 1);
    model.save_changes();
    model.send({ event: "click" });
  });
  model.on("change:count", show);
  show();
  el.append(button);
}
export default { render };
