/** Gestures of users in controls, and a record of the messages that the browser sends. */
import { userEvent } from "vitest/browser";
import type { JsonObject, ServerWidget } from "../../src/testing/index.js";

interface Sent {
  readonly method: string;
  readonly state: JsonObject;
  readonly content: unknown;
}

/** Records the messages of a widget: the state of each update, and the content of each custom message. */
export function watch(widget: ServerWidget): JsonObject[] {
  const updates: JsonObject[] = [];
  const { comm } = widget;
  const handle = comm.handle_msg;
  comm.handle_msg = (message) => {
    const { method, state, content } = message.content.data as unknown as Sent;
    updates.push(method === "custom" ? { custom: content } : state);
    return handle.call(comm, message);
  };
  return updates;
}

/** Returns the position of a handle on its slider, in percent. */
export function placeOf(handle: HTMLElement): number {
  const { left, width } = handle.getBoundingClientRect();
  const track = (handle.closest(".noUi-base") as HTMLElement).getBoundingClientRect();
  return ((left + width / 2 - track.left) / track.width) * 100;
}

export async function press(element: HTMLElement, keys: string): Promise<void> {
  element.focus();
  await userEvent.keyboard(keys);
}

/** Replaces the text of an editable field without a key for each character, as pasting does. */
export async function paste(field: HTMLElement, text: string): Promise<void> {
  field.focus();
  if (field instanceof HTMLInputElement) field.select();
  else getSelection()?.selectAllChildren(field);
  document.execCommand("insertText", false, text);
}

export function mouse(type: string, target: Element, clientX: number, clientY: number): void {
  const buttons = type === "mouseup" ? 0 : 1;
  target.dispatchEvent(new MouseEvent(type, { bubbles: true, clientX, clientY, buttons }));
}
