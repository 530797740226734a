/** The panel: a dock at the edge of the page, in a shadow root, that refreshes a few times a second. */
import type { LoggedError } from "../comm/error-log.js";
import type { Inspected } from "../widgets/inspected.js";
import { element, setText } from "./dom.js";
import { clock, duration, ellipsize, size } from "./format.js";
import type { CommSnapshot, Snapshots } from "./snapshot.js";
import { STYLE } from "./style.js";
import { MAX_ROWS, Table } from "./table.js";
import { sizeOfValue } from "./values.js";
import type { Waiting, WaitingList } from "./waiting.js";
import type { Counts, SeenMessage, Watch } from "./watch.js";

export interface PanelOptions {
  readonly inspected: Inspected;
  readonly watch: Watch;
  readonly snapshots: Snapshots;
  readonly waiting: WaitingList;
  /** @returns the report as text */
  readonly report: (options: { values: boolean }) => Promise<string>;
  readonly onClose: () => void;
}

/** The time between two refreshes, in ms. */
const REFRESH_MS = 400;

/** The number of characters of an id that identify it. */
const ID_LENGTH = 8;

interface Tab {
  readonly name: string;
  readonly panel: HTMLElement;
  readonly button: HTMLButtonElement;
  /** Returns the number of items, and shows them if the tab is selected. */
  readonly refresh: (shown: boolean) => number;
}

/** Shows the panel. @returns the undo */
export function showPanel(options: PanelOptions): () => void {
  const { watch, inspected, onClose } = options;
  const before = document.activeElement;
  const host = element("div", { class: "shiny-comm-inspector" });
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet()];
  const ended = new AbortController();
  const { signal } = ended;

  const summary = element("div", { class: "summary" });
  const status = element("span", { role: "status" });
  const values = element("input", { type: "checkbox" });
  const copied = element("textarea", { readonly: true, hidden: true });
  copied.setAttribute("aria-label", "The report, as JSON");
  const side = action("Dock right", () => {
    const right = section.classList.toggle("side");
    side.textContent = right ? "Dock below" : "Dock right";
  });
  const header = element(
    "header",
    {},
    element("h2", { id: "title" }, "shiny-comm inspector"),
    status,
    element("span", { class: "spacer" }),
    label(values, "with values (may be private)"),
    action("Copy JSON", () => void copy()),
    side,
    action("Close", () => onClose()),
  );
  const tabs = [
    commsTab(options),
    waitingTab(options),
    messagesTab(options),
    errorsTab(inspected),
  ] as const;
  const list = element("div", { role: "tablist" }, ...tabs.map(({ button }) => button));
  list.setAttribute("aria-labelledby", "title");
  const section = element(
    "section",
    { tabindex: "-1", "aria-labelledby": "title" },
    header,
    summary,
    list,
    ...tabs.map(({ panel }) => panel),
    copied,
  );
  root.append(section);

  let shown: Tab = tabs[0];
  const select = (tab: Tab): void => {
    shown = tab;
    for (const { button, panel } of tabs) {
      const selected = button === tab.button;
      button.setAttribute("aria-selected", String(selected));
      button.tabIndex = selected ? 0 : -1;
      panel.hidden = !selected;
    }
    refresh();
  };
  const refresh = (): void => {
    watch.keepOnly(inspected.connection.debug.inspect().comms);
    setText(summary, summaryOf(options));
    for (const tab of tabs) {
      const count = tab.refresh(tab === shown);
      setText(tab.button, `${tab.name} (${count})`);
      tab.button.classList.toggle("bad", tab.name === "Errors" && count > 0);
    }
  };
  for (const tab of tabs) {
    tab.button.addEventListener("click", () => select(tab));
    for (const event of ["picked", "input"]) tab.panel.addEventListener(event, refresh, true);
  }
  list.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const next = tabs.at((tabs.indexOf(shown as never) + step) % tabs.length) ?? tabs[0];
    select(next);
    next.button.focus();
  });

  // The page must not react to events of the panel: a modal would take the focus back, and a plot
  // would handle the keys.
  for (const event of ["keydown", "keyup", "keypress", "focusin", "focusout", "click", "wheel"]) {
    // Without `signal`: the key event that closes the panel bubbles after the panel is closed.
    host.addEventListener(event, (bubbling) => bubbling.stopPropagation());
  }
  section.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") onClose();
  });

  async function copy(): Promise<void> {
    const text = await options.report({ values: values.checked });
    if (signal.aborted) return;
    const done = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    copied.hidden = done === true;
    if (done) {
      status.textContent = `Copied: ${size(text.length)} characters of JSON.`;
      return;
    }
    // Browsers allow the clipboard on secure pages only.
    copied.value = text;
    copied.focus();
    copied.select();
    status.textContent =
      "The browser does not allow this page to use the clipboard: copy the text below.";
  }

  let timer: ReturnType<typeof setTimeout> | undefined;
  const tick = (): void => {
    clearTimeout(timer);
    if (document.hidden) return;
    refresh();
    timer = setTimeout(tick, REFRESH_MS);
  };
  document.addEventListener("visibilitychange", tick, { signal });

  document.body.append(host);
  select(shown);
  tick();
  section.focus();
  return () => {
    clearTimeout(timer);
    ended.abort();
    const hadFocus = document.activeElement === host;
    host.remove();
    if (hadFocus && before instanceof HTMLElement && before.isConnected) before.focus();
  };
}

function summaryOf({ inspected, watch }: PanelOptions): string {
  const { connection, transport } = inspected;
  const { totals, comms: open } = connection.debug.inspect();
  const { change, answer, received, receivedSize, sent, sentSize } = watch.all;
  const times = [
    change.count > 0
      ? `from message to change ${duration(change.median())}, at most ${duration(change.max)}`
      : "",
    answer.count > 0 ? `from update to echo ${duration(answer.median())}` : "",
  ];
  return [
    `session ${transport.inspect().session}`,
    `${open.size} comms`,
    `since ${clock(watch.since)}: in ${received} (${size(receivedSize)}), out ${sent} (${size(sentSize)})`,
    `since the page began: in ${totals.received}, out ${totals.sent}`,
    ...times.filter((time) => time !== ""),
  ].join(" · ");
}

interface Row extends CommSnapshot {
  readonly counts: Counts;
}

function commsTab({ snapshots, watch }: PanelOptions): Tab {
  const table = new Table<Row>({
    caption: "Comms and their models",
    empty: "There is no comm.",
    key: ({ comm_id }) => comm_id,
    columns: [
      id<Row>(({ comm_id }) => comm_id),
      { title: "Class", text: describedModel, whole: describedModel },
      {
        title: "Module",
        text: ({ module, version }) => ellipsize(version ? `${module}@${version}` : module, 60),
        whole: ({ module }) => module,
      },
      { title: "Target", text: ({ target }) => ellipsize(target || "no comm", 30) },
      { title: "State", text: ({ keys }) => `${keys.length} keys`, numeric: true },
      { title: "Views", text: ({ views }) => `${views}`, numeric: true },
      { title: "Outputs", text: ({ outputs }) => ellipsize(outputs.join(", "), 60) },
      {
        title: "In",
        text: ({ counts }) => traffic(counts.received, counts.receivedSize),
        numeric: true,
      },
      { title: "Out", text: ({ counts }) => traffic(counts.sent, counts.sentSize), numeric: true },
      {
        title: "Change",
        text: ({ counts: { change } }) => (change.count > 0 ? duration(change.median()) : ""),
        numeric: true,
      },
    ],
    details: (row) => [
      ["Comm", row.comm_id],
      ["Target", row.target || "no comm"],
      ["Model", `${describedModel(row)}, ${row.status}`],
      ["Module", `${row.module}@${row.version}`],
      ["Outputs", row.outputs.join(", ") || "none"],
      ["Queued", `${row.queued}`],
      ["State, size", stateOf(snapshots, row)],
    ],
  });
  const filter = element("input", { type: "search" });
  const bar = element("div", { class: "filter" }, label(filter, "Filter", true));
  return tab("Comms", [bar, table.element], (shown) => {
    const ids = snapshots.ids();
    if (!shown) return ids.length;
    const wanted = filter.value.trim().toLowerCase();
    // A snapshot of thousands of models takes time, so only a filter reads all of them.
    const rows = (wanted ? ids : ids.slice(0, MAX_ROWS)).map((comm_id) => snapshots.of(comm_id));
    const found = wanted ? rows.filter((row) => matches(row, wanted)) : rows;
    table.update(
      found.slice(0, MAX_ROWS).map((row) => ({ ...row, counts: watch.of(row.comm_id) })),
      wanted ? found.length : ids.length,
    );
    return ids.length;
  });
}

function waitingTab({ waiting }: PanelOptions): Tab {
  const table = new Table<Waiting>({
    caption: "What waits, and why",
    empty: "Nothing waits.",
    key: ({ what, comm_id, why }) => `${what} ${comm_id} ${why}`,
    columns: [
      { title: "What", text: ({ what }) => what },
      {
        title: "Comm",
        text: ({ comm_id }) => ellipsize(comm_id, ID_LENGTH),
        whole: ({ comm_id }) => comm_id,
      },
      { title: "Why", text: ({ why }) => ellipsize(why, 300), whole: ({ why }) => why },
      { title: "For", text: ({ since }) => duration(Date.now() - since), numeric: true },
    ],
  });
  return tab("Waiting", [table.element], (shown) => {
    const all = waiting.read();
    if (shown) table.update(all.slice(0, MAX_ROWS), all.length);
    return all.length;
  });
}

function messagesTab({ watch }: PanelOptions): Tab {
  const table = new Table<SeenMessage>({
    caption: "The last messages, the newest first",
    empty: "No message since the inspector was opened.",
    key: ({ number }) => `${number}`,
    columns: [
      { title: "Time", text: ({ time }) => clock(time) },
      { title: "Way", text: ({ direction }) => direction },
      {
        title: "Kind",
        text: ({ kind, method, malformed }) =>
          malformed
            ? `${kind}, malformed`
            : [kind, ellipsize(method, 30)].filter(Boolean).join(" "),
      },
      {
        title: "Comm",
        text: ({ comm_id }) => ellipsize(comm_id, ID_LENGTH),
        whole: ({ comm_id }) => comm_id,
      },
      {
        title: "Size",
        text: ({ size: characters, binary }) => `${size(characters)}${binary ? " binary" : ""}`,
        numeric: true,
      },
      { title: "Buffers", text: ({ buffers }) => `${buffers}`, numeric: true },
      {
        title: "Change or echo",
        text: ({ ms }) => (ms === undefined ? "" : duration(ms)),
        numeric: true,
      },
    ],
  });
  return tab("Messages", [table.element], (shown) => {
    if (shown)
      table.update([...watch.messages].reverse().slice(0, MAX_ROWS), watch.messages.length);
    return watch.all.received + watch.all.sent;
  });
}

function errorsTab({ errors }: Inspected): Tab {
  const table = new Table<LoggedError>({
    caption: "The last errors, the newest first",
    empty: "There was no error.",
    key: ({ time, message }) => `${time} ${message}`,
    columns: [
      { title: "Time", text: ({ time }) => clock(time) },
      {
        title: "Comm",
        text: ({ comm_id }) => ellipsize(comm_id ?? "", ID_LENGTH),
        whole: ({ comm_id }) => comm_id ?? "",
      },
      { title: "Message kind", text: ({ kind }) => kind ?? "" },
      { title: "Error", text: ({ message }) => ellipsize(message, 400) },
    ],
    details: ({ message, comm_id, stacks }) => [
      ["Error", message],
      ["Comm", comm_id ?? "none"],
      ...stacks.map((stack, index) => [index === 0 ? "Stack" : "Caused by", stack] as const),
    ],
  });
  return tab("Errors", [table.element], (shown) => {
    if (shown) table.update([...errors.last].reverse(), errors.last.length);
    return errors.count;
  });
}

function tab(name: string, content: Node[], refresh: Tab["refresh"]): Tab {
  const [buttonId, panelId] = [`tab-${name}`, `panel-${name}`];
  const button = element("button", {
    type: "button",
    role: "tab",
    id: buttonId,
    "aria-controls": panelId,
  });
  const attributes = { role: "tabpanel", id: panelId, "aria-labelledby": buttonId };
  return { name, button, panel: element("div", attributes, ...content), refresh };
}

function action(text: string, run: () => void): HTMLButtonElement {
  const button = element("button", { type: "button" }, text);
  button.addEventListener("click", run);
  return button;
}

function label(input: HTMLElement, text: string, first = false): HTMLLabelElement {
  return element("label", {}, ...(first ? [text, input] : [input, text]));
}

function id<R>(comm_id: (row: R) => string) {
  return { title: "Comm", text: (row: R) => ellipsize(comm_id(row), ID_LENGTH), whole: comm_id };
}

function describedModel({ name, status }: CommSnapshot): string {
  const shown = ellipsize(name, 60) || "no model";
  return status === "made" || status === "none" ? shown : `${shown} (${status})`;
}

function matches({ comm_id, name, module, target, outputs }: CommSnapshot, wanted: string) {
  return [comm_id, name, module, target, ...outputs].some((text) =>
    text.toLowerCase().includes(wanted),
  );
}

function traffic(messages: number, characters: number): string {
  return messages > 0 ? `${messages} (${size(characters)})` : "0";
}

function stateOf(snapshots: Snapshots, { comm_id, keys }: CommSnapshot): string {
  const attributes = snapshots.model(comm_id)?.attributes ?? {};
  return keys
    .map((key) => {
      const { size: about, more } = sizeOfValue(attributes[key]);
      return `${ellipsize(key, 100)}: ${more ? "over " : ""}${size(about)}`;
    })
    .join("\n");
}

/** A Content-Security-Policy that forbids style elements allows sheets that scripts construct. */
function sheet(): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(STYLE);
  return made;
}
