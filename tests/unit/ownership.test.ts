/** Which layouts and styles go with a widget. */
import { beforeEach, describe, expect, it } from "vitest";
import { ModelOwnership } from "../../src/widgets/manager/ownership.js";

const naming = (...ids: string[]) =>
  Object.fromEntries(ids.map((id, index) => [`trait${index}`, `IPY_MODEL_${id}`]));

let belongings: ModelOwnership;
let open: Set<string>;
const opened = (model_id: string, state: object): void => {
  belongings.opened(model_id, state, (id) => open.has(id));
  open.add(model_id);
};

beforeEach(() => {
  belongings = new ModelOwnership();
  open = new Set();
});

describe("what is left when a model is closed", () => {
  it("is what it named before that was opened", () => {
    opened("widget", { ...naming("layout", "style"), value: 3, text: "IPY_" });
    opened("layout", {});
    opened("style", {});
    expect(belongings.closed("widget")).toEqual(["layout", "style"]);
    expect(belongings.closed("widget")).toEqual([]);
  });

  it("is not what was there before it: the app may use that again", () => {
    opened("layout", {});
    opened("widget", naming("layout"));
    expect(belongings.closed("widget")).toEqual([]);
  });

  it("is not what another model still names, by its state or a later update", () => {
    opened("one", naming("layout"));
    opened("layout", {});
    opened("two", naming("layout"));
    opened("three", {});
    belongings.changed("three", naming("layout"));
    expect(belongings.closed("one")).toEqual([]);
    expect(belongings.closed("two")).toEqual([]);
    expect(belongings.closed("three")).toEqual(["layout"]);
  });

  it("is not what the server has closed itself", () => {
    opened("widget", naming("layout"));
    opened("layout", {});
    belongings.closed("layout");
    expect(belongings.closed("widget")).toEqual([]);
  });

  it("is nothing when all has been forgotten", () => {
    opened("widget", naming("layout"));
    belongings.clear();
    expect(belongings.closed("widget")).toEqual([]);
  });
});
