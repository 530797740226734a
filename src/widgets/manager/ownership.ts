/** Layouts and styles that the server makes for one widget alone: which of them go when the widget goes. */

const PREFIX = "IPY_MODEL_";

/**
 * Who names whom.
 *
 * ipywidgets makes a widget's layout and style when the widget's state is read. shinywidgets closes
 * what a render made as the next begins, but not those: they stay open until the session ends, and
 * of each re-render a layout and a style for every widget would be kept. They are told from
 * those that the app made, and may use again, by their order: they are opened after the widget that
 * names them.
 */
export class Belongings {
  readonly #named = new Map<string, Set<string>>();
  readonly #users = new Map<string, Set<string>>();
  readonly #madeFor = new Set<string>();

  /**
   * Notes what a model's state names.
   *
   * @param isOpen whether a model is open at this moment
   */
  opened(model_id: string, state: object, isOpen: (model_id: string) => boolean): void {
    for (const id of this.#note(model_id, state)) {
      if (!isOpen(id)) this.#madeFor.add(id);
    }
  }

  /** Notes what an update of a model's state names. */
  changed(model_id: string, state: object): void {
    this.#note(model_id, state);
  }

  /**
   * Forgets a model.
   *
   * @returns the models that were made for it, and that no other names; they may be closed if they
   *   are layouts or styles
   */
  closed(model_id: string): string[] {
    const left: string[] = [];
    for (const id of this.#named.get(model_id) ?? []) {
      const users = this.#users.get(id);
      users?.delete(model_id);
      if (users?.size !== 0) continue;
      this.#users.delete(id);
      if (this.#madeFor.delete(id)) left.push(id);
    }
    this.#named.delete(model_id);
    this.#madeFor.delete(model_id);
    return left;
  }

  /** Forgets all. */
  clear(): void {
    this.#named.clear();
    this.#users.clear();
    this.#madeFor.clear();
  }

  #note(model_id: string, state: object): string[] {
    const ids: string[] = [];
    for (const value of Object.values(state)) {
      if (typeof value !== "string" || !value.startsWith(PREFIX)) continue;
      const id = value.slice(PREFIX.length);
      ids.push(id);
      add(this.#named, model_id, id);
      add(this.#users, id, model_id);
    }
    return ids;
  }
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}
