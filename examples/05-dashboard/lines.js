/** A line chart on a canvas, drawn from bytes, with a box, clicks on years and a pointed line. */

const MARGIN = { top: 12, right: 14, bottom: 26, left: 34 };
/** The maximum distance from the pointer to a line, in px. */
const NEAR = 14;
/** A shorter drag is a click, in px. */
const CLICK = 4;
const [DIMMED, BRIGHT] = [1, 2];
/** The traits that change the picture. */
const DRAWN = ["states", "year", "box", "hovered"];

export default { render };

function render({ model, el, signal }) {
  const root = document.createElement("div");
  root.className = "lines";
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  const label = document.createElement("output");
  root.append(canvas, label);
  el.append(root);

  const years = model.get("years");
  const names = model.get("names");
  const values = floats(model.get("values"));
  const highest = Math.ceil(Math.max(...values) / 10) * 10;
  const lowest = Math.floor(Math.min(...values) / 10) * 10;
  const [first, last] = [years[0], years.at(-1)];
  /** The start of the drag, in px. */
  let from;
  let scheduled = false;

  const width = () => root.clientWidth - MARGIN.left - MARGIN.right;
  const height = () => root.clientHeight - MARGIN.top - MARGIN.bottom;
  const x = (year) => MARGIN.left + ((year - first) / (last - first)) * width();
  const y = (value) => MARGIN.top + ((highest - value) / (highest - lowest)) * height();
  const yearAt = (px) => first + ((px - MARGIN.left) / width()) * (last - first);
  const valueAt = (px) => highest - ((px - MARGIN.top) / height()) * (highest - lowest);
  const valueIn = (country, column) => values[country * years.length + column];
  const nearest = (year) =>
    years.reduce((best, one) => (Math.abs(one - year) < Math.abs(best - year) ? one : best));

  function redraw() {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      if (!signal?.aborted) draw();
    });
  }

  function draw() {
    const scale = devicePixelRatio;
    canvas.width = root.clientWidth * scale;
    canvas.height = root.clientHeight * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const style = getComputedStyle(root);
    const ink = style.color;
    pen.font = `12px ${style.fontFamily}`;
    pen.fillStyle = pen.strokeStyle = ink;
    drawAxes(pen);

    const states = new Uint8Array(bufferOf(model.get("states")));
    const colors = model.get("colors");
    const hovered = model.get("hovered");
    pen.lineJoin = "round";
    for (const state of [DIMMED, BRIGHT]) {
      states.forEach((its, country) => {
        if (its !== state || country === hovered) return;
        pen.globalAlpha = state === BRIGHT ? 0.75 : 0.13;
        drawLine(pen, country, state === BRIGHT ? colors[country] : ink, 1.2);
      });
    }
    pen.globalAlpha = 1;
    if (states[hovered]) drawLine(pen, hovered, colors[hovered], 3.5);
    drawYear(pen, ink);
    drawBox(pen, ink);
    placeLabel(states[hovered] ? hovered : -1);
    const bright = states.reduce((count, state) => count + (state === BRIGHT), 0);
    canvas.setAttribute("aria-label", `${model.get("title")}: ${bright} countries chosen`);
    // For tests and debugging.
    canvas.dataset.bright = bright;
    canvas.dataset.year = model.get("year");
  }

  function drawAxes(pen) {
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (let value = lowest; value <= highest; value += 10) {
      pen.globalAlpha = 0.12;
      pen.fillRect(MARGIN.left, y(value), width(), 1);
      pen.globalAlpha = 0.75;
      pen.fillText(value, MARGIN.left - 8, y(value));
    }
    pen.textAlign = "center";
    pen.textBaseline = "alphabetic";
    const every = width() / years.length < 40 ? 2 : 1;
    years.forEach((year, column) => {
      if (column % every === 0) pen.fillText(year, x(year), MARGIN.top + height() + 18);
    });
    pen.globalAlpha = 1;
  }

  function drawLine(pen, country, color, thickness) {
    pen.beginPath();
    years.forEach((year, column) => {
      pen.lineTo(x(year), y(valueIn(country, column)));
    });
    pen.strokeStyle = color;
    pen.lineWidth = thickness;
    pen.stroke();
  }

  function drawYear(pen, ink) {
    pen.globalAlpha = 0.7;
    pen.strokeStyle = ink;
    pen.lineWidth = 1;
    pen.setLineDash([4, 4]);
    pen.beginPath();
    pen.moveTo(x(model.get("year")), MARGIN.top);
    pen.lineTo(x(model.get("year")), MARGIN.top + height());
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }

  function drawBox(pen, ink) {
    const [fromYear, toYear, least, most] = model.get("box");
    if (most === undefined) return;
    const sides = [x(fromYear), y(most), x(toYear) - x(fromYear), y(least) - y(most)];
    pen.globalAlpha = 0.1;
    pen.fillStyle = ink;
    pen.fillRect(...sides);
    pen.globalAlpha = 0.8;
    pen.strokeStyle = ink;
    pen.strokeRect(...sides);
    pen.globalAlpha = 1;
  }

  function placeLabel(country) {
    label.textContent = country < 0 ? "" : names[country];
    if (country < 0) return;
    const column = years.indexOf(model.get("year"));
    const half = label.offsetWidth / 2;
    const left = x(years[column]);
    label.style.left = `${Math.min(Math.max(left, half), root.clientWidth - half)}px`;
    label.style.top = `${Math.max(y(valueIn(country, column)), 36)}px`;
  }

  /** Returns the country with the line nearest to a place, or -1. */
  function countryAt(px, py) {
    const at = Math.min(Math.max(yearAt(px), first), last);
    const right = Math.max(
      1,
      years.findIndex((year) => year >= at),
    );
    const part = (at - years[right - 1]) / (years[right] - years[right - 1]);
    const states = new Uint8Array(bufferOf(model.get("states")));
    let [best, least] = [-1, NEAR];
    states.forEach((state, country) => {
      // Chosen lines are on top.
      if (state === 0) return;
      const [before, after] = [valueIn(country, right - 1), valueIn(country, right)];
      const away = Math.abs(y(before + part * (after - before)) - py) + (state === DIMMED ? 6 : 0);
      if (away < least) [best, least] = [country, away];
    });
    return best;
  }

  function set(name, value) {
    model.set(name, value);
    model.save_changes();
  }

  const inside = (px, least, size) => Math.min(Math.max(px, least), least + size);
  const boxTo = (event) => {
    const xs = [from.x, inside(event.offsetX, MARGIN.left, width())].map(yearAt);
    const ys = [from.y, inside(event.offsetY, MARGIN.top, height())].map(valueAt);
    return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  };
  const isClick = (event) => Math.hypot(event.offsetX - from.x, event.offsetY - from.y) < CLICK;
  const on = (name, listener) => canvas.addEventListener(name, listener, { signal });

  on("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    from = {
      x: inside(event.offsetX, MARGIN.left, width()),
      y: inside(event.offsetY, MARGIN.top, height()),
    };
  });
  on("pointermove", (event) => {
    if (from === undefined) set("hovered", countryAt(event.offsetX, event.offsetY));
    else if (!isClick(event)) set("box", boxTo(event));
  });
  on("pointerup", (event) => {
    if (from !== undefined && isClick(event)) model.send({ year: nearest(yearAt(event.offsetX)) });
    from = undefined;
  });
  on("pointercancel", () => {
    from = undefined;
  });
  on("pointerleave", () => {
    if (from === undefined) set("hovered", -1);
  });
  on("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") set("box", []);
    if (step === undefined) return;
    event.preventDefault();
    const year = years[years.indexOf(model.get("year")) + step];
    if (year !== undefined) model.send({ year });
  });

  for (const name of DRAWN) model.on(`change:${name}`, redraw);
  const resized = new ResizeObserver(redraw);
  resized.observe(root);
  // Light and dark.
  const themed = new MutationObserver(redraw);
  themed.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  return () => {
    for (const name of DRAWN) model.off(`change:${name}`, redraw);
    resized.disconnect();
    themed.disconnect();
  };
}

function bufferOf(view) {
  return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
}

function floats(view) {
  return new Float32Array(bufferOf(view));
}
