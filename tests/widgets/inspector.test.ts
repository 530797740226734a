/** The inspector's panel and report. tests/browser/inspector.test.ts has its chunk, its memory and a strict policy. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { registerWidgetModule } from "../../src/index.js";
import type { Report } from "../../src/inspector/report.js";
import { classicState, type ServerWidget } from "../../src/testing/index.js";
import { addOutput, client, openAnywidget, session, shiny, takeErrors } from "./page.js";

interface Model {
  set(key: string, value: unknown): void;
  save_changes(): void;
}

const DRAWN = `export default { render({ el }) { el.textContent = "drawn"; } }`;

/** The widget of each test, in the output `a`. */
let widget: ServerWidget;

beforeEach(async () => {
  const output = await addOutput("a");
  widget = openAnywidget(DRAWN, { n: 0, secret: "a private text" });
  session.output("a", widget);
  await expect.poll(() => output.textContent).toBe("drawn");
});

afterEach(async () => {
  setDevMode(undefined);
  if (panel()) (await client.inspect()).close();
});

const host = () => document.querySelector(".shiny-comm-inspector");
const panel = () => host()?.shadowRoot?.querySelector("section") ?? null;

/** The visible elements in the panel that a selector matches. */
function shown(selector: string): HTMLElement[] {
  const found = [...(panel()?.querySelectorAll<HTMLElement>(selector) ?? [])];
  return found.filter((element) => element.checkVisibility());
}

/** Returns the texts of the rows in the visible tab. */
const rows = () => shown("tbody tr").map(({ textContent }) => textContent ?? "");

function tab(name: string): HTMLElement {
  return shown("[role=tab]").find(({ textContent }) =>
    textContent?.startsWith(name),
  ) as HTMLElement;
}

async function inspect(): Promise<void> {
  await client.inspect();
  expect(panel()).not.toBeNull();
}

async function report(values = false): Promise<Report> {
  return JSON.parse(await (await client.inspect()).report({ values }));
}

async function modelOf({ model_id }: ServerWidget): Promise<Model> {
  return (await client.widgets.get_model(model_id)) as unknown as Model;
}

function setDevMode(value: boolean | undefined): void {
  (shiny.runtime as { inDevMode?: (() => boolean) | undefined }).inDevMode =
    value === undefined ? undefined : () => value;
}

function sendMessage(comm_id: string, data: object): void {
  const message = { content: { comm_id, data }, metadata: { version: "2.1.0" }, buffers: [] };
  session.sendCustomMessage("shinywidgets_comm_msg", JSON.stringify(message));
}

test("a second call returns the open inspector", async () => {
  const both = [client.inspect(), client.inspect()];
  expect(await both[0]).toBe(await both[1]);
  expect(document.querySelectorAll(".shiny-comm-inspector")).toHaveLength(1);
});

describe("the keyboard", () => {
  test.each(["{Control>}{F9}{/Control}", "{Meta>}{F9}{/Meta}"])(
    "%s opens and closes the panel in development mode",
    async (keys) => {
      setDevMode(true);
      await userEvent.keyboard(keys);
      await expect.poll(panel).not.toBeNull();
      await userEvent.keyboard(keys);
      await expect.poll(panel).toBeNull();
    },
  );

  /** Presses keys. @returns whether the client has prevented each default */
  async function prevented(...presses: string[]): Promise<boolean[]> {
    const found: boolean[] = [];
    const onKey = (event: KeyboardEvent) => {
      if (/^F\d/.test(event.key)) found.push(event.defaultPrevented);
    };
    addEventListener("keydown", onKey);
    for (const keys of presses) await userEvent.keyboard(keys);
    removeEventListener("keydown", onKey);
    return found;
  }

  test.each([
    "{F9}",
    "{Control>}{Shift>}{F9}{/Shift}{/Control}",
    "{Control>}{Alt>}{F9}{/Alt}{/Control}",
    "{Control>}{F8}{/Control}",
  ])("%s is left to the page in development mode", async (keys) => {
    setDevMode(true);
    expect(await prevented(keys)).toEqual([false]);
    expect(panel()).toBeNull();
  });

  test.each([undefined, false])(
    "Ctrl+F9 is left to the page when development mode is %s",
    async (mode) => {
      setDevMode(mode);
      expect(await prevented("{Control>}{F9}{/Control}")).toEqual([false]);
      expect(panel()).toBeNull();
    },
  );

  test("Escape closes the panel, and the focus returns to its element", async () => {
    const button = document.body.appendChild(document.createElement("button"));
    button.focus();
    const leaked: string[] = [];
    const onKey = ({ key }: KeyboardEvent) => leaked.push(key);
    document.addEventListener("keydown", onKey);
    await inspect();
    expect(document.activeElement).toBe(host());
    await userEvent.keyboard("{Tab}{Escape}");
    document.removeEventListener("keydown", onKey);
    await expect.poll(panel).toBeNull();
    expect(document.activeElement).toBe(button);
    expect(leaked).toEqual([]);
  });

  test("arrow keys move between the tabs", async () => {
    await inspect();
    tab("Comms").focus();
    const selected = () => shown("[role=tab][aria-selected=true]")[0]?.textContent;
    await userEvent.keyboard("{ArrowRight}");
    expect(selected()).toMatch(/^Waiting/);
    await userEvent.keyboard("{ArrowLeft}{ArrowLeft}");
    expect(selected()).toMatch(/^Errors/);
  });
});

test("messages and bytes are counted in both directions while the panel is open, and only in total before", async () => {
  const { total: before } = await report();
  (await client.inspect()).close();
  sendMessage(widget.model_id, { method: "custom", content: 0 });
  await shiny.idle();
  await inspect();
  widget.send(1);
  const model = await modelOf(widget);
  model.set("n", 1);
  model.save_changes();
  await expect.poll(async () => (await report()).watched.change.count).toBe(2);
  const { total, watched, comms, messages } = await report();
  expect(total).toEqual({ received: before.received + 3, sent: before.sent + 1 });
  expect(watched.received.messages).toBe(2);
  expect(watched.received.size).toBeGreaterThan(100);
  expect(watched.sent.messages).toBe(1);
  expect(watched.answer.count).toBe(1);
  expect(comms[0]).toMatchObject({ received: { messages: 2 }, sent: { messages: 1 } });
  const seen = messages.map(({ direction, method }) => `${direction} ${method}`);
  expect(seen.toSorted()).toEqual(["in custom", "in echo_update", "out update"]);
  expect(seen.indexOf("out update")).toBeLessThan(seen.indexOf("in echo_update"));
  await expect.poll(() => shown(".summary")[0]?.textContent).toMatch(/in 2 .*out 1 /);
  tab("Messages").click();
  await expect.poll(rows).toHaveLength(3);
});

test("a child, a module, an early message and an unanswered update are listed as waiting, with reasons", async () => {
  // The server answers nothing.
  Object.assign(shiny.runtime.shinyapp?.$socket ?? {}, { send: () => undefined });
  const module = `slow-${crypto.randomUUID()}`;
  let finish: (exports: object) => void = () => undefined;
  const exports = new Promise<object>((resolve) => {
    finish = resolve;
  });
  registerWidgetModule(module, "2.0.0", () => exports);
  await addOutput("b");
  const box = { module: "@jupyter-widgets/controls", model: "VBoxModel", view: "VBoxView" };
  const parent = session.open(
    classicState({ ...box, version: "2.0.0" }, { children: ["IPY_MODEL_child"] }),
    { model_id: "parent" },
  );
  const loading = classicState({ module, version: "2.0.0", model: "SlowModel", view: "SlowView" });
  session.open(loading, { model_id: "loading" });
  session.output("b", parent);
  session.flush();
  sendMessage("loading", { method: "update", state: {}, buffer_paths: [] });
  sendMessage("early", { method: "custom", content: 1 });
  const model = await modelOf(widget);
  for (const n of [1, 2]) {
    model.set("n", n);
    model.save_changes();
  }
  await inspect();
  const reasons = async () =>
    (await report()).waiting.map(({ what, comm_id, why }) => `${what} ${comm_id}: ${why}`);
  await expect
    .poll(reasons)
    .toEqual(
      expect.arrayContaining([
        "model parent: The model waits for child, which the server has not opened.",
        "model child: Other models reference the model, and the server has not opened it.",
        `model loading: The model waits for the module ${module}@2.0.0.`,
        "messages loading: 1 message behind the open: the model is being created.",
        "messages early: 1 message came before the open of the comm.",
        `answer ${widget.model_id}: The server has not answered the update of n.`,
        `update ${widget.model_id}: Changes of n held until the server has answered.`,
        `module : ${module}@2.0.0 is being loaded.`,
        "output : The output b waits for its widget.",
      ]),
    );
  tab("Waiting").click();
  await expect.poll(() => rows().join("\n")).toMatch(/The model waits for child/);
  session.open(classicState({ ...box, version: "2.0.0" }, {}), { model_id: "child" });
  await expect.poll(async () => (await reasons()).join()).not.toMatch(/parent|child/);
  finish({});
  await expect.poll(async () => (await reasons()).join()).not.toMatch(/loading/);
});

test("errors before and after the panel opens are listed, with their stacks", async () => {
  const { count: before } = (await report()).errors;
  (await client.inspect()).close();
  const send = (text: string) => session.sendCustomMessage("shinywidgets_comm_msg", text);
  send("before");
  await expect.poll(takeErrors).toHaveLength(1);
  await inspect();
  send(JSON.stringify({ content: { comm_id: widget.model_id, data: [] } }));
  tab("Errors").click();
  await expect.poll(rows).toHaveLength(before + 2);
  shown("tbody button")[0]?.click();
  await expect.poll(() => shown(".details")[0]?.textContent).toMatch(/Stack[\s\S]*at /);
  const { errors, messages } = await report();
  expect(errors.count).toBe(before + 2);
  expect(errors.last.at(-1)).toMatchObject({ comm_id: widget.model_id, kind: "comm_msg" });
  expect(messages).toMatchObject([{ malformed: true }]);
});

test("the report has sizes of values, and the values only on request", async () => {
  await inspect();
  const found = await report();
  expect(found).toMatchObject({
    report: 1,
    versions: { client: expect.stringMatching(/^\d+\.\d+\.\d+/), browser: expect.any(String) },
    page: { address: location.origin + location.pathname, developmentMode: false, outputs: 1 },
    session: "open",
  });
  expect(found.comms[0]).toMatchObject({
    comm_id: widget.model_id,
    target: "jupyter.widget",
    status: "made",
    name: "AnyModel",
    module: "anywidget",
    version: "~0.11.*",
    views: 1,
    outputs: ["a"],
    state: { secret: { size: 14 } },
  });
  expect(JSON.stringify(found)).not.toContain("private");
  const withValues = await report(true);
  expect(withValues.comms[0]?.state.secret).toEqual({ size: 14, value: '"a private text"' });
});

test("a list of 1,200 comms shows 200, can be filtered, and does not change while the page is idle", async () => {
  for (let n = 1; n < 1_200; n += 1) {
    session.open(openState(), { model_id: `w${n}` });
  }
  await inspect();
  await expect.poll(rows).toHaveLength(200);
  expect(shown(".note")[0]?.textContent).toMatch(/^200 of 1200/);
  await expect.poll(async () => (await report()).waiting).toEqual([]);
  let changes = 0;
  const observer = new MutationObserver((records) => {
    changes += records.length;
  });
  const all = { subtree: true, childList: true, characterData: true, attributes: true };
  observer.observe(panel() as Element, all);
  // A pending refresh can still add rows. Then one second passes without a change.
  await expect
    .poll(async () => {
      changes = 0;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return changes;
    })
    .toBe(0);
  observer.disconnect();
  const [search] = shown("input[type=search]");
  await userEvent.fill(search as HTMLElement, "w1150");
  await expect.poll(rows).toEqual([expect.stringMatching(/^w1150/)]);
});

const openState = () =>
  classicState(
    {
      module: "@jupyter-widgets/base",
      version: "2.0.0",
      model: "LayoutModel",
      view: "LayoutView",
    },
    {},
  );

test("a row keeps its place and the focus while its numbers change", async () => {
  await inspect();
  const [button] = shown("tbody button");
  await userEvent.click(button as HTMLElement);
  widget.send(1);
  await expect.poll(() => rows()[0]).toMatch(/1 \(\d+\)/);
  expect(button?.getAttribute("aria-pressed")).toBe("true");
  expect(host()?.shadowRoot?.activeElement).toBe(button);
  expect(button?.isConnected).toBe(true);
});
