/** The files in docs/testing-widgets.md are equal to the files in tests/author. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const guide = readFileSync(new URL("docs/testing-widgets.md", root), "utf8");
const shown = [...guide.matchAll(/^```js (\S+)\n(.*?)^```/gms)].map(([, name, text]) => ({
  name: name ?? "",
  text: text ?? "",
}));

it("docs/testing-widgets.md shows the whole project", () => {
  expect(shown.map(({ name }) => name)).toEqual([
    "vitest.config.js",
    "shiny.js",
    "counter.js",
    "counter.test.js",
    "gauge.js",
    "gauge.test.js",
  ]);
});

it.each(shown.filter(({ name }) => name !== "vitest.config.js"))(
  "docs/testing-widgets.md shows $name unchanged",
  ({ name, text }) => {
    expect(text).toBe(readFileSync(new URL(`tests/author/${name}`, root), "utf8"));
  },
);
