/** Draws curves as an SVG with logarithmic axes, readable on light and dark backgrounds. */

const WIDTH = 640;
const HEIGHT = 400;
const LEFT = 70;
const RIGHT = 20;
const TOP = 70;
const BOTTOM = 60;
const COLOURS = { stock: "#b4651d", "shiny-comm": "#1d6fb4" };

/**
 * @param {import("./growth.mjs").Measured} curve
 * @param {string} machine
 * @param {(exponent: number) => string} inWords
 */
export function plot({ title, axis, sizes, clients }, machine, inWords) {
  const all = Object.values(clients).flatMap(({ ms }) => ms);
  const x = scale(Math.min(...sizes), Math.max(...sizes), LEFT, WIDTH - RIGHT);
  const y = scale(Math.min(...all) / 1.3, Math.max(...all) * 1.3, HEIGHT - BOTTOM, TOP);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 22, title, 'font-size="15" font-weight="600"'),
  ];
  for (const size of sizes) {
    const at = x(size).toFixed(1);
    parts.push(line(at, TOP, at, HEIGHT - BOTTOM, "#e6e6e6"));
    parts.push(
      text(at, HEIGHT - BOTTOM + 16, short(size, axis === "bytes"), 'text-anchor="middle"'),
    );
  }
  for (const ms of decades(Math.min(...all) / 1.3, Math.max(...all) * 1.3)) {
    const at = y(ms).toFixed(1);
    parts.push(line(LEFT, at, WIDTH - RIGHT, at, "#e6e6e6"));
    parts.push(text(LEFT - 8, Number(at) + 4, `${short(ms)} ms`, 'text-anchor="end"'));
  }
  Object.entries(clients).forEach(([client, { ms, exponent }], index) => {
    const colour = COLOURS[client];
    const points = sizes.map((size, at) => `${x(size).toFixed(1)},${y(ms[at]).toFixed(1)}`);
    parts.push(
      `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    );
    for (const point of points) {
      const [cx, cy] = point.split(",");
      parts.push(`<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`);
    }
    const label = `${client}: ${inWords(exponent)} (exponent ${exponent.toFixed(2)})`;
    parts.push(text(LEFT, 42 + index * 16, label, `fill="${colour}" font-weight="600"`));
  });
  parts.push(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 26, axis, 'text-anchor="middle"'));
  parts.push(text(LEFT, HEIGHT - 8, machine, 'font-size="9" fill="#555"'));
  parts.push("</svg>");
  return `${parts.join("\n")}\n`;
}

function scale(low, high, from, to) {
  const span = Math.log(high) - Math.log(low);
  return (value) => from + ((Math.log(value) - Math.log(low)) / span) * (to - from);
}

/** 1, 2 and 5 of each power of ten. */
function decades(low, high) {
  const marks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    for (const digit of [1, 2, 5]) {
      const mark = digit * 10 ** power;
      if (mark >= low && mark <= high) marks.push(mark);
    }
  }
  return marks;
}

function short(value, binary = false) {
  if (binary) return value >= 2 ** 20 ? `${value / 2 ** 20} MiB` : `${value / 2 ** 10} KiB`;
  return Number(value.toPrecision(2)).toLocaleString("en-GB");
}

function text(x, y, content, attributes = "") {
  const escaped = content.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<text x="${x}" y="${y}" ${attributes}>${escaped}</text>`;
}

function line(x1, y1, x2, y2, colour) {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}"/>`;
}
