/** A table whose rows keep their place and the focus while their cells change. */
import { element, setText } from "./dom.js";

interface Column<R> {
  readonly title: string;
  readonly text: (row: R) => string;
  /** The full text of a shortened cell. */
  readonly whole?: (row: R) => string;
  readonly numeric?: boolean;
}

export interface TableOptions<R> {
  readonly caption: string;
  readonly columns: readonly Column<R>[];
  readonly key: (row: R) => string;
  /** The text of a table without rows. */
  readonly empty: string;
  /** The details of a selected row, as names and texts. */
  readonly details?: (row: R) => readonly (readonly [name: string, text: string])[];
}

/** The maximum number of rows on the page. */
export const MAX_ROWS = 200;

interface Line {
  readonly row: HTMLTableRowElement;
  readonly cells: readonly HTMLElement[];
}

export class Table<R> {
  readonly element = element("div", { class: "table" });
  readonly #options: TableOptions<R>;
  readonly #body = element("tbody");
  readonly #note = element("p", { class: "note" });
  readonly #list = element("dl");
  readonly #details = element(
    "div",
    { class: "details", role: "group", tabindex: "0", hidden: true },
    this.#list,
  );
  readonly #lines = new Map<string, Line>();
  #picked: string | undefined;

  constructor(options: TableOptions<R>) {
    this.#options = options;
    const heads = options.columns.map(({ title, numeric }) =>
      element("th", { scope: "col", class: numeric ? "number" : "" }, title),
    );
    const table = element(
      "table",
      {},
      element("caption", {}, options.caption),
      element("thead", {}, element("tr", {}, ...heads)),
      this.#body,
    );
    this.#details.setAttribute("aria-label", `${options.caption}: the one that is picked`);
    const scroll = element("div", { class: "scroll", tabindex: "0" }, table, this.#note);
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", options.caption);
    this.element.append(scroll, this.#details);
  }

  /**
   * Shows rows.
   *
   * @param rows at most {@link MAX_ROWS}
   * @param total the number of all rows
   */
  update(rows: readonly R[], total: number): void {
    const { key, empty, details, columns } = this.#options;
    const gone = new Set(this.#lines.keys());
    let at: Element | null = this.#body.firstElementChild;
    for (const row of rows) {
      const id = key(row);
      gone.delete(id);
      const line = this.#lines.get(id) ?? this.#make(id);
      columns.forEach(({ text, whole }, index) => {
        const cell = line.cells[index];
        if (!cell) return;
        setText(cell, text(row));
        const title = whole?.(row);
        if (title !== undefined && cell.title !== title) cell.title = title;
      });
      // A row that is moved loses the focus.
      if (line.row === at) at = at.nextElementSibling;
      else this.#body.insertBefore(line.row, at);
    }
    for (const id of gone) {
      this.#lines.get(id)?.row.remove();
      this.#lines.delete(id);
    }
    const more = total > rows.length ? `${rows.length} of ${total}; the filter finds others.` : "";
    setText(this.#note, rows.length === 0 ? empty : more);
    const picked = rows.find((row) => key(row) === this.#picked);
    this.#showDetails(picked && details ? details(picked) : []);
  }

  #make(id: string): Line {
    const { columns, details } = this.#options;
    const row = element("tr");
    const cells = columns.map(({ numeric }, index) => {
      const cell = element(index === 0 ? "th" : "td", { class: numeric ? "number" : "" });
      if (index === 0) cell.setAttribute("scope", "row");
      row.append(cell);
      if (index > 0 || !details) return cell;
      const button = element("button", { type: "button", "aria-pressed": "false" });
      button.addEventListener("click", () => this.#pick(id));
      cell.append(button);
      return button;
    });
    const line = { row, cells };
    this.#lines.set(id, line);
    return line;
  }

  #pick(id: string): void {
    this.#picked = this.#picked === id ? undefined : id;
    for (const [other, { cells }] of this.#lines) {
      cells[0]?.setAttribute("aria-pressed", String(other === this.#picked));
    }
    this.element.dispatchEvent(new Event("picked"));
  }

  #showDetails(details: readonly (readonly [string, string])[]): void {
    const list = this.#list;
    const hidden = details.length === 0;
    // Even one that is set to what it is would be a change.
    if (this.#details.hidden !== hidden) this.#details.hidden = hidden;
    // Names and texts in turn.
    const wanted = details.flat();
    while (list.childElementCount > wanted.length) list.lastElementChild?.remove();
    wanted.forEach((text, index) => {
      const there = list.children[index] as HTMLElement | undefined;
      if (there) setText(there, text);
      else list.append(element(index % 2 === 0 ? "dt" : "dd", {}, text));
    });
  }
}
