// The module of the widget: https://anywidget.dev/en/afm
function render({ model, el }) {
  const button = document.createElement("button");
  button.className = "{{name}}";

  // The page changes the trait, and R gets the value.
  button.addEventListener("click", () => {
    model.set("count", model.get("count") + 1);
    model.save_changes();
  });

  // R changes the trait, and the page shows the value.
  const show = () => {
    button.textContent = `count is ${model.get("count")}`;
  };
  model.on("change:count", show);
  show();
  el.append(button);
}

export default { render };
