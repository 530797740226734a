/** Formats results as Markdown tables. */
import { inWords } from "./growth.mjs";

/** @param {import("./measure.mjs").Result[]} results */
export function table(results) {
  return [
    "| row | what | stock | shiny-comm | ratio | bar | goal | held |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...results.map(line),
  ].join("\n");
}

function line(result) {
  const { row, title, ratio, bar, goal, limit, unit, held, missing } = result;
  const ours = missing ? missing : figure(result.ours, result);
  const cells = [
    `\`${row}\``,
    title,
    figure(result.stock, result),
    ours,
    ratio === null ? "–" : `**${ratio.toFixed(2)}**`,
    bar ?? (limit === undefined ? "" : `≤ ${limit} ${unit}`),
    goal ?? "",
    held === null ? "" : held ? "yes" : "NO",
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Returns the median and, for several runs, the minimum and maximum. */
function figure(spread, { unit, digits }) {
  if (!spread) return "–";
  const text = (value) =>
    value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const { median, min, max, runs } = spread;
  const range = runs.length > 1 ? ` (${text(min)}–${text(max)})` : "";
  return `${text(median)} ${unit}${range}`;
}

/** @param {import("./growth.mjs").Measured[]} curves */
export function growthTable(curves) {
  return [
    "| row | from … to | stock | shiny-comm |",
    "| --- | --- | --- | --- |",
    ...curves.map(({ name, axis, sizes, clients }) => {
      const range = `${count(sizes[0])} … ${count(sizes[sizes.length - 1])} ${axis}`;
      const cells = ["stock", "shiny-comm"].map((client) => {
        const { ms, exponent } = clients[client];
        const ends = [ms[0], ms[ms.length - 1]].map((value) => count(Math.round(value)));
        return `${ends.join(" … ")} ms, ${inWords(exponent)} (${exponent.toFixed(2)})`;
      });
      return `| \`${name}\` | ${range} | ${cells.join(" | ")} |`;
    }),
  ].join("\n");
}

function count(value) {
  return value.toLocaleString("en-GB");
}
