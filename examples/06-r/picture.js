/** Draws a matrix of bytes. A click sends the bytes back in reverse order. */
function render({ model, el }) {
  const canvas = document.createElement("canvas");
  canvas.className = "picture";
  canvas.style.width = "100%";
  const bytes = () => new Uint8Array(model.get("pixels").buffer);
  const draw = () => {
    const [width, height] = [model.get("width"), model.get("height")];
    Object.assign(canvas, { width, height });
    const image = new ImageData(width, height);
    bytes().forEach((value, n) => {
      image.data.set([value, value, 255 - value, 255], 4 * n);
    });
    canvas.getContext("2d").putImageData(image, 0, 0);
    canvas.dataset.sum = bytes().reduce((sum, value) => sum + value, 0);
  };
  canvas.addEventListener("click", () => {
    model.send({ what: "reversed" }, undefined, [bytes().toReversed()]);
  });
  model.on("change:pixels", draw);
  draw();
  el.append(canvas);
}

export default { render };
