/** Which layouts and styles the server made for one widget, and left open when it closed the widget. */
import { modelIdIn } from "./references.js";

/**
 * References between models, and which models are owned by another.
 *
 * ipywidgets makes a widget's layout and style when the widget's state is read. shinywidgets closes the
 * widgets of the previous render, but leaves these open until the session ends. A widget owns a layout or
 * a style that opens after the widget. The app made the others itself, and may use them again.
 */
export class ModelOwnership {
  readonly #references = new Map<string, Set<string>>();
  readonly #users = new Map<string, Set<string>>();
  readonly #owned = new Set<string>();

  /**
   * Notes the references in a new model's state.
   *
   * @param isOpen whether a model is open now
   */
  opened(model_id: string, state: object, isOpen: (model_id: string) => boolean): void {
    for (const id of this.#note(model_id, state)) {
      if (!isOpen(id)) this.#owned.add(id);
    }
  }

  /** Notes the references in an update. */
  changed(model_id: string, state: object): void {
    this.#note(model_id, state);
  }

  /**
   * Forgets a model.
   *
   * @returns the models that it owned and that no other model refers to: layouts and styles of these
   *   can be closed
   */
  closed(model_id: string): string[] {
    const unused: string[] = [];
    for (const id of this.#references.get(model_id) ?? []) {
      const users = this.#users.get(id);
      users?.delete(model_id);
      if (users?.size !== 0) continue;
      this.#users.delete(id);
      if (this.#owned.delete(id)) unused.push(id);
    }
    this.#references.delete(model_id);
    this.#owned.delete(model_id);
    return unused;
  }

  /** Forgets all models. */
  clear(): void {
    this.#references.clear();
    this.#users.clear();
    this.#owned.clear();
  }

  #note(model_id: string, state: object): string[] {
    const ids: string[] = [];
    for (const value of Object.values(state)) {
      const id = modelIdIn(value);
      if (id === undefined) continue;
      ids.push(id);
      add(this.#references, model_id, id);
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
