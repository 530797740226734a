/** The layouts and styles that a widget owns. */
import { beforeEach, describe, expect, it } from "vitest";
import { ModelOwnership } from "../../src/widgets/manager/ownership.js";

const naming = (...ids: string[]) =>
  Object.fromEntries(ids.map((id, index) => [`trait${index}`, `IPY_MODEL_${id}`]));

let ownership: ModelOwnership;
let open: Set<string>;
const opened = (model_id: string, state: object): void => {
  ownership.opened(model_id, state, (id) => open.has(id));
  open.add(model_id);
};

beforeEach(() => {
  ownership = new ModelOwnership();
  open = new Set();
});

describe("the owned models of a closed model", () => {
  it("owned models include each model that its state named before that model opened", () => {
    opened("widget", { ...naming("layout", "style"), value: 3, text: "IPY_" });
    opened("layout", {});
    opened("style", {});
    expect(ownership.closed("widget")).toEqual(["layout", "style"]);
    expect(ownership.closed("widget")).toEqual([]);
  });

  it("owned models exclude models that were already open, because the app may use them again", () => {
    opened("layout", {});
    opened("widget", naming("layout"));
    expect(ownership.closed("widget")).toEqual([]);
  });

  it("owned models exclude models that another model's state or update still names", () => {
    opened("one", naming("layout"));
    opened("layout", {});
    opened("two", naming("layout"));
    opened("three", {});
    ownership.changed("three", naming("layout"));
    expect(ownership.closed("one")).toEqual([]);
    expect(ownership.closed("two")).toEqual([]);
    expect(ownership.closed("three")).toEqual(["layout"]);
  });

  it("owned models exclude models that the server closed", () => {
    opened("widget", naming("layout"));
    opened("layout", {});
    ownership.closed("layout");
    expect(ownership.closed("widget")).toEqual([]);
  });

  it("clear() removes the owned models", () => {
    opened("widget", naming("layout"));
    ownership.clear();
    expect(ownership.closed("widget")).toEqual([]);
  });
});
