/** Widgets that refer to one another. */
import { type IBackboneModelOptions, unpack_models, WidgetModel } from "@jupyter-widgets/base";
import { expect, test } from "vitest";
import { registerWidgetModule } from "../../src/index.js";
import { classicState } from "../../src/testing/index.js";
import { client, openControl, session, show, takeErrors } from "./page.js";

test.each(["box first", "event first"])(
  "a box is made before the child that needs it: %s",
  async (order) => {
    const module = `events-${crypto.randomUUID()}`;
    const [boxId, eventId] = [crypto.randomUUID(), crypto.randomUUID()];
    const sources: unknown[] = [];
    class EventModel extends WidgetModel {
      static override serializers = {
        ...WidgetModel.serializers,
        source: { deserialize: unpack_models },
      };
      override initialize(attributes: object, options: IBackboneModelOptions): void {
        super.initialize(attributes, options);
        sources.push(this.get("source"));
      }
    }
    registerWidgetModule(module, "1.0.0", () => ({ EventModel }));
    const names = { module, version: "1.0.0", model: "EventModel", view: "" };
    const noView = { _view_name: null, _view_module: null };
    const openEvent = () =>
      session.open(classicState(names, { ...noView, source: `IPY_MODEL_${boxId}` }), {
        model_id: eventId,
      });
    const label = openControl("Label", { value: "label" });
    if (order === "event first") openEvent();
    const box = session.open(
      classicState(
        {
          module: "@jupyter-widgets/controls",
          version: "2.0.0",
          model: "VBoxModel",
          view: "VBoxView",
        },
        { children: [`IPY_MODEL_${label.model_id}`, `IPY_MODEL_${eventId}`] },
      ),
      { model_id: boxId },
    );
    if (order === "box first") openEvent();
    const output = await show(box);
    await expect.poll(() => output.textContent).toBe("label");
    const model = await client.widgets.get_model(box.model_id);
    await expect.poll(() => model.get("children").length).toBe(2);
    expect(sources).toEqual([model]);
    // A child without a view is not an error.
    expect(takeErrors()).toEqual([]);
    box.set({ children: [`IPY_MODEL_${eventId}`] });
    await expect.poll(() => output.textContent).toBe("");
  },
);
