/**
 * Members of upstream's classes that their types hide or narrow, as far as the client uses them: no
 * other file casts into these. Versions: `@jupyter-widgets/base` ~6.0.12, `@jupyter-widgets/base-manager`
 * ~1.0.13, Backbone 1.4.0.
 */
import type { AnyModel as AfmModel } from "@anywidget/types";
import {
  type LayoutView,
  put_buffers,
  type StyleView,
  WidgetModel,
  type WidgetView,
} from "@jupyter-widgets/base";
import type { ManagerBase } from "@jupyter-widgets/base-manager";
import type { Message } from "@lumino/messaging";
import type { PanelLayout, Widget } from "@lumino/widgets";
import type { CommMsgMessage } from "../../comm/messages.js";

/** A listener, as Backbone keeps it. */
interface Listener {
  readonly callback: unknown;
}

/** Members of `WidgetModel`, and of Backbone's `Model` below it. */
export interface ModelInternals {
  // Backbone's.
  readonly _events?: Record<string, Listener[] | undefined>;
  readonly idAttribute: string;
  _previousAttributes?: object;
  attributes: object;
  changed: object;
  id: unknown;
  _pending: unknown;
  _changing: boolean;
  on: (...args: unknown[]) => WidgetModel;
  get(key: string): unknown;
  off(name: string | null, callback: unknown, context?: unknown): unknown;
  set(key: unknown, ...rest: unknown[]): unknown;

  // Members of the widget protocol.
  readonly _closed?: boolean;
  readonly _expectedEchoMsgIds: Map<string, string>;
  _comm_live: boolean;
  comm?: unknown;
  _state_lock: unknown;
  readonly _buffered_state_diff: Record<string, unknown>;
  _buffered_state_diff_synced: object;
  _msg_buffer: Record<string, unknown> | null;
  _msg_buffer_callbacks: object | null;
  rememberLastUpdateFor(msgId: string): void;
  save_changes(callbacks?: object): void;
  send(content: unknown, callbacks?: unknown, buffers?: unknown): void;
  send_sync_message(state: unknown, callbacks?: unknown): string;
  set_state(state: object): void;
  _handle_comm_msg(message: CommMsgMessage): Promise<void>;
  _handle_comm_closed(message?: unknown): void;
}

export function modelInternals(model: WidgetModel): ModelInternals {
  return model as unknown as ModelInternals;
}

/** Static members of `WidgetModel`. */
export interface ModelClassInternals {
  readonly serializers?: Record<string, Serializer | undefined>;
  _deserialize_state(state: object, manager: unknown): Promise<Record<string, unknown>>;
}

interface Serializer {
  readonly serialize?: (value: unknown, model: WidgetModel) => unknown;
  readonly deserialize?: unknown;
}

export function modelClassInternals(Model: Function): ModelClassInternals {
  return Model as unknown as ModelClassInternals;
}

/** Returns a serialized state in the type of base's `serialize`, which does not allow binary data. */
export function serialized(state: object): ReturnType<WidgetModel["serialize"]> {
  return state as ReturnType<WidgetModel["serialize"]>;
}

/** Returns a manager in the type for front-end modules, whose models have other types. */
export function afmManager(manager: ManagerBase): AfmModel["widget_manager"] {
  return manager as unknown as AfmModel["widget_manager"];
}

/** Members of `ManagerBase`. */
interface ManagerInternals {
  /** The promises of all models, by id. */
  _models: Record<string, Promise<WidgetModel>>;
}

export function managerInternals(manager: ManagerBase): ManagerInternals {
  return manager as unknown as ManagerInternals;
}

/** Returns the names of the traits that a layout's or a style's view follows. */
export function traitNamesOf(view: LayoutView | StyleView): string[] {
  return (view as unknown as { _traitNames: string[] })._traitNames;
}

/** Members of `DOMWidgetView`; views of other classes and of older copies of base lack some. */
export interface DOMViewInternals {
  readonly layoutPromise?: Promise<WidgetView | undefined>;
  readonly stylePromise?: Promise<WidgetView | undefined>;
  readonly luminoWidget?: Widget;
  readonly pWidget?: Widget;
  processLuminoMessage(message: Message): void;
}

export function domViewInternals(view: object): DOMViewInternals {
  return view as DOMViewInternals;
}

/** Returns the prototype of a view or of its prototype. */
export function prototypeOf(view: object): DOMViewInternals {
  return Object.getPrototypeOf(view);
}

/** Members of Lumino's `PanelLayout`. */
interface PanelInternals extends Pick<PanelLayout, "parent" | "widgets"> {
  attachWidget(this: PanelInternals, index: number, widget: Widget): void;
}

export function panelInternals(layout: PanelLayout): PanelInternals {
  return layout as unknown as PanelInternals;
}

/** Returns the view of one of base's Lumino widgets, or `undefined` after the view was removed. */
export function viewOf(widget: object): unknown {
  return (widget as { _view?: unknown })._view;
}

/** Puts buffers into a state, at their paths; the codec has checked both. */
export function putBuffers(
  state: object,
  { buffer_paths }: { readonly buffer_paths?: unknown },
  buffers: readonly DataView[] | undefined,
): void {
  put_buffers(state as never, (buffer_paths ?? []) as never, [...(buffers ?? [])]);
}

/** Returns whether a model was closed, by either side. */
export function isClosed(model: WidgetModel): boolean {
  return modelInternals(model)._closed === true;
}

/** Returns whether a value is a model: of this base, or of a copy of base that a package brings. */
export function isModel(value: unknown): value is WidgetModel {
  const { state_change, get } = (value ?? {}) as Partial<WidgetModel>;
  return value instanceof WidgetModel || (typeof get === "function" && state_change !== undefined);
}

/** Members of the class that all tags inputs inherit from, which is not exported. */
interface TagsInput {
  readonly el: HTMLElement;
  readonly taginput: HTMLInputElement;
  readonly model: WidgetModel;
  ondrop(this: TagsInput, event: DragEvent, index: number): void;
  render(this: TagsInput): void;
  focus(): void;
}

export function tagsInputOf(view: object): TagsInput {
  return Object.getPrototypeOf(view);
}

/** Members of the accordion's `Collapse`. */
interface CollapseInternals {
  readonly isDisposed: boolean;
  _collapse(this: CollapseInternals): void;
}

export function collapseInternals(collapse: object): CollapseInternals {
  return collapse as CollapseInternals;
}

/** Members of `ColorPickerView`. */
interface ColorPickerInternals {
  readonly model: WidgetModel;
  readonly _textbox: HTMLInputElement;
  _text_change(this: ColorPickerInternals): void;
}

export function colorPickerInternals(view: object): ColorPickerInternals {
  return view as ColorPickerInternals;
}

/** Deletes an object's own property, so that the prototype's shows again. */
export function deleteOwn(object: object, key: string): void {
  Reflect.deleteProperty(object, key);
}
