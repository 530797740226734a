import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONTROLS, CORE_CONTROLS, findPart } from "../../src/widgets/modules/controls-parts.js";

const lib = dirname(createRequire(import.meta.url).resolve("@jupyter-widgets/controls"));
const core = readFileSync(
  join(import.meta.dirname, "../../src/widgets/modules/controls-core.ts"),
  "utf8",
);

/** Each class of the controls, and whether its file is in the core. */
const classes = readdirSync(lib)
  .filter((file) => /^widget_\w+\.js$/.test(file))
  .flatMap((file) => {
    const text = readFileSync(join(lib, file), "utf8");
    const inCore = core.includes(`/${file}"`);
    return [...text.matchAll(/^export class (\w+)/gm)].map(([, name = ""]) => ({ name, inCore }));
  });

describe("findPart", () => {
  it("findPart names the core only for classes in the core", () => {
    const requested = classes.filter(({ name }) => findPart(name, CONTROLS) === CORE_CONTROLS);
    expect(requested.length).toBeGreaterThan(40);
    expect(requested.filter(({ inCore }) => !inCore)).toEqual([]);
  });

  it.each(["IntSliderModel", "FloatLogSliderView", "VBoxView", "TextStyleModel"])(
    "findPart finds %s in the core",
    (name) => expect(findPart(name, CONTROLS)).toBe(CORE_CONTROLS),
  );

  it.each(["HTMLModel", "PlayView", "ButtonModel", "TabModel", "NoSuchModel", "constructor"])(
    "findPart finds %s in the whole of the controls",
    (name) => expect(findPart(name, CONTROLS)).toBe(CONTROLS),
  );

  it("findPart returns another module's name unchanged", () => {
    expect(findPart("TextModel", "another")).toBe("another");
  });
});
