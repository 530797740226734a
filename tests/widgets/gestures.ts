/** What users do in controls, and what the browser sends of it. */
import { userEvent } from "vitest/browser";
import type { JsonObject, ServerWidget } from "../../src/testing/index.js";

interface Sent {
  readonly method: string;
  readonly state: JsonObject;
  readonly content: unknown;
}

/** What the browser sends from now on: the state of each update, and the content of each custom message. */
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

/** Where a handle stands on its slider, of 100. */
export function placeOf(handle: HTMLElement): number {
  const { left, width } = handle.getBoundingClientRect();
  const track = (handle.closest(".noUi-base") as HTMLElement).getBoundingClientRect();
  return ((left + width / 2 - track.left) / track.width) * 100;
}

export async function press(element: HTMLElement, keys: string): Promise<void> {
  element.focus();
  await userEvent.keyboard(keys);
}

/** Replaces what is in a field that can be edited, as pasting does: without a key for each character. */
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
