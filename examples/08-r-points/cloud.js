/** An anywidget that draws 100,000 points, and selects rows with a lasso. */
const SIZE = 640;

function render({ model, el }) {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIZE, height: SIZE });
  canvas.className = "cloud";
  const context = canvas.getContext("2d");
  /** @type {[number, number][]} */
  let lasso = [];
  let places = locate();

  /** Returns the column and the row of the canvas for each point. */
  function locate() {
    const { x, y } = model.get("points");
    const columns = [x, y].map(({ data }) => {
      // Each column is a buffer of 64-bit floats.
      const values = new Float64Array(data.buffer);
      let min = Infinity;
      let max = -Infinity;
      for (const value of values) {
        if (value < min) min = value;
        if (value > max) max = value;
      }
      const scale = (SIZE - 21) / (max - min || 1);
      return Float32Array.from(values, (value) => 10 + (value - min) * scale);
    });
    return { x: columns[0], y: columns[1] };
  }

  /** Draws each pixel as bright as it has points, and the selected ones in another color. */
  function draw() {
    const { x, y } = places;
    const rows = new Uint32Array(model.get("rows").buffer);
    const counts = new Uint16Array(SIZE * SIZE);
    const chosen = new Uint8Array(SIZE * SIZE);
    for (let i = 0; i < x.length; i++) counts[(y[i] | 0) * SIZE + (x[i] | 0)]++;
    for (const row of rows) chosen[(y[row] | 0) * SIZE + (x[row] | 0)] = 1;
    const image = context.createImageData(SIZE, SIZE);
    const pixels = new Uint32Array(image.data.buffer);
    const dim = rows.length > 0 ? 0.55 : 1;
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] === 0) continue;
      const light = Math.min(1, 0.35 + Math.log2(counts[i] + 1) / 5);
      const [red, green, blue] = chosen[i]
        ? [255, 140 + 90 * light, 60]
        : [90 * light * dim, 190 * light * dim, 255 * light * dim];
      pixels[i] = (255 << 24) | (blue << 16) | (green << 8) | red;
    }
    context.putImageData(image, 0, 0);
    if (lasso.length > 1) {
      context.strokeStyle = "#fff";
      context.setLineDash([4, 3]);
      context.beginPath();
      for (const place of lasso) context.lineTo(...place);
      context.closePath();
      context.stroke();
    }
    canvas.dataset.selected = String(rows.length);
  }

  /** Returns the numbers of the rows inside the lasso, from 0. */
  function inside() {
    const path = new Path2D();
    for (const place of lasso) path.lineTo(...place);
    const { x, y } = places;
    const [left, right] = [Math.min(...lasso.map(([x]) => x)), Math.max(...lasso.map(([x]) => x))];
    const rows = [];
    for (let i = 0; i < x.length; i++) {
      if (x[i] >= left && x[i] <= right && context.isPointInPath(path, x[i], y[i])) rows.push(i);
    }
    return Uint32Array.from(rows);
  }

  const place = ({ offsetX, offsetY }) => [
    (offsetX * SIZE) / canvas.clientWidth,
    (offsetY * SIZE) / canvas.clientHeight,
  ];
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    lasso = [place(event)];
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    lasso.push(place(event));
    draw();
  });
  canvas.addEventListener("pointerup", () => {
    const rows = inside();
    lasso = [];
    model.set("rows", new DataView(rows.buffer));
    model.save_changes();
    draw();
  });

  model.on("change:points", () => {
    places = locate();
    draw();
  });
  model.on("change:rows", draw);
  draw();
  el.append(canvas);
}

export default { render };
