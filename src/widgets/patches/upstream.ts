/** Works around faults in the Jupyter packages, each in one place and with its reason. */
import {
  DOMWidgetView,
  JupyterLuminoPanelWidget,
  JupyterLuminoWidget,
  LayoutView,
  put_buffers,
  StyleView,
  ViewList,
  WidgetModel,
  WidgetView,
} from "@jupyter-widgets/base";
import { type Message, MessageLoop } from "@lumino/messaging";
import { PanelLayout, Widget } from "@lumino/widgets";
import type { ShinyWidgetManager } from "../manager/widget-manager.js";
import { within } from "../manager/within.js";

type CommMsg = Parameters<WidgetModel["_handle_comm_msg"]>[0];
type SyncMessage = WidgetModel["send_sync_message"];

// `remove_buffers` in @jupyter-widgets/base 6.0 sends `view.buffer` of a typed array or DataView:
// the whole buffer, not the part that the view shows. So views get buffers of their own before.
const sendSyncMessage: SyncMessage = WidgetModel.prototype.send_sync_message;
WidgetModel.prototype.send_sync_message = function (this: WidgetModel, state, callbacks) {
  return sendSyncMessage.call(this, ownBuffers(state) as typeof state, callbacks);
};

// Changes that wait for the answer to an update would be overtaken by a custom message, and those
// made behind it be merged with those before. The transport keeps all in order, and still waits.
const send = WidgetModel.prototype.send;
WidgetModel.prototype.send = function (this: WidgetModel, content, callbacks, buffers) {
  const model = this as unknown as Throttle;
  const { _msg_buffer: changes, _msg_buffer_callbacks: changesCallbacks } = model;
  if (changes && this.comm) {
    model._msg_buffer = null;
    model._msg_buffer_callbacks = null;
    model.rememberLastUpdateFor(this.send_sync_message(changes, changesCallbacks ?? {}));
  }
  send.call(this, content, callbacks, buffers);
};

/** How a model holds changes back while an update is under way. */
interface Throttle {
  _msg_buffer: Parameters<SyncMessage>[0] | null;
  _msg_buffer_callbacks: Parameters<SyncMessage>[1] | null;
  rememberLastUpdateFor(msgId: string): void;
}

// An update that fails leaves `state_change` rejected, and with it every update and view after it.
// And base writes of its own to the console: where a listener threw, that is all that is heard of it;
// otherwise the error is thrown too, and so reported twice. Here it is thrown, and nothing else.
const handleCommMsg = WidgetModel.prototype._handle_comm_msg;
WidgetModel.prototype._handle_comm_msg = function (this: WidgetModel, message) {
  const { method } = message.content.data as { method?: unknown };
  if (method !== "update" && method !== "echo_update") return handleCommMsg.call(this, message);
  let handled: Promise<void>;
  if (settled.get(this) === this.state_change) {
    try {
      const deserialized = takeUpdate(this, message);
      if (!deserialized) return TAKEN;
      handled = deserialized;
    } catch (error) {
      return Promise.reject(error);
    }
  } else {
    // A view's `render` may never end: what it awaits may be this update.
    handled = within(this.state_change, RENDER_MS).then(() => takeUpdate(this, message));
  }
  const settle = () => void settled.set(this, change);
  const change = handled.then(settle, settle);
  this.state_change = change;
  return handled;
};

/** How long an update waits for a view that is being rendered, in ms. */
const RENDER_MS = 10_000;

/** The `state_change` of models that is known to have settled: the next plain update need not wait. */
const settled = new WeakMap<WidgetModel, Promise<unknown>>();

/** Returned for an update that was taken at once: most are, and a promise for each would take longer than it. */
export const TAKEN = Promise.resolve();

/** What base does with an update (widget.ts, `_handle_comm_msg`). */
function takeUpdate(model: WidgetModel, message: CommMsg): Promise<void> | undefined {
  const data = message.content.data as unknown as {
    method: string;
    state: Record<string, never>;
    buffer_paths?: (string | number)[][] | null;
  };
  const { state } = data;
  put_buffers(state, data.buffer_paths ?? [], (message.buffers ?? []) as never);
  const {
    _expectedEchoMsgIds: expected,
    _msg_buffer: buffered,
    _buffered_state_diff: unsaved,
  } = model as unknown as Unsaved & {
    _expectedEchoMsgIds: Map<string, string>;
    _msg_buffer: object | null;
  };
  const answered = (message.parent_header as { msg_id?: string } | undefined)?.msg_id;
  if (answered !== undefined && data.method === "echo_update") {
    for (const key of Object.keys(state)) {
      if (!expected.has(key)) continue;
      if (expected.get(key) !== answered) {
        // The echo of an update before the one that is waited for.
        delete state[key];
      } else {
        expected.delete(key);
        // What has been changed since is on its way.
        if (buffered && Object.hasOwn(buffered, key)) delete state[key];
      }
    }
  }
  // An echo says what has been sent before; what has been changed since is newer.
  if (data.method === "echo_update") for (const key of Object.keys(unsaved)) delete state[key];
  const Model = model.constructor as typeof WidgetModel;
  if (isPlainState(Model, state)) {
    model.set_state(state);
    return undefined;
  }
  const manager = model.widget_manager as ShinyWidgetManager;
  return Model._deserialize_state(state, manager.parts ?? manager).then((ready) => {
    model.set_state(ready);
  });
}

/** Whether nothing in a state is made into something else: most updates, and then nothing is awaited. */
function isPlainState(Model: typeof WidgetModel, state: object): boolean {
  const { serializers } = Model;
  return (
    Model._deserialize_state === deserializeState &&
    !Object.keys(state).some((key) => serializers?.[key]?.deserialize)
  );
}

const deserializeState = WidgetModel._deserialize_state;

/** Those attributes of a state, as they stand there, of which the class's serializers make something else. */
export function partsOf(
  Model: typeof WidgetModel,
  state: Record<string, unknown>,
): Record<string, unknown> {
  const { serializers } = Model;
  const parts: Record<string, unknown> = {};
  for (const key in serializers) {
    if (serializers[key]?.deserialize && Object.hasOwn(state, key)) parts[key] = state[key];
  }
  return parts;
}

/**
 * What a model of a class is made from. Base's own way makes a promise of each attribute.
 *
 * @param parts what {@link partsOf} has of the state
 */
export function deserialized(
  Model: typeof WidgetModel,
  state: Record<string, unknown>,
  parts: Record<string, unknown>,
  manager: unknown,
): unknown {
  if (Model._deserialize_state !== deserializeState) {
    return Model._deserialize_state(state as never, manager as never);
  }
  for (const _key in parts) {
    return Model._deserialize_state(parts as never, manager as never).then((made) => ({
      ...state,
      ...made,
    }));
  }
  return state;
}

// In a model's constructor there is nothing that its attributes could be compared with, and nobody
// who listens: to take them as they are is a tenth of the work. V8 keeps what was put together key
// by key as a table, which takes ten times as long to copy at each update to come.
const setAttributes = WidgetModel.prototype.set;
WidgetModel.prototype.set = function (this: WidgetModel, key: unknown, ...rest: unknown[]) {
  const model = this as unknown as Unset;
  const isFirst = model._previousAttributes === undefined && model._events === undefined;
  const options = (rest[0] ?? {}) as { validate?: boolean; unset?: boolean };
  if (!isFirst || !isObject(key) || options.validate || options.unset) {
    return Reflect.apply(setAttributes, this, [key, ...rest]) as WidgetModel;
  }
  model.attributes = { ...key };
  model.changed = { ...key };
  model._previousAttributes = {};
  model.id = this.get(model.idAttribute);
  model._pending = false;
  model._changing = false;
  model._buffered_state_diff_synced = {};
  return this;
} as typeof setAttributes;

/** A model to which nothing has been set yet. */
interface Unset {
  readonly _events?: object;
  readonly idAttribute: string;
  _previousAttributes?: object;
  attributes: object;
  changed: object;
  id: unknown;
  _pending: unknown;
  _changing: boolean;
  _buffered_state_diff_synced: object;
}

/** The changes of a model that are not saved yet. */
interface Unsaved {
  readonly _buffered_state_diff: Record<string, unknown>;
}

/** Whether a model has been closed, by either side. */
export function isClosed(model: WidgetModel): boolean {
  return (model as unknown as { _closed?: boolean })._closed === true;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

// A change that is not saved yet is overruled by what the server sets, also by the same value: base
// would send it with the next save, and take the server's value back.
WidgetModel.prototype.set_state = function (this: WidgetModel, state) {
  const locked = this as unknown as { _state_lock: unknown } & Unsaved;
  for (const key of Object.keys(state)) delete locked._buffered_state_diff[key];
  locked._state_lock = state;
  try {
    this.set(state);
  } finally {
    locked._state_lock = null;
  }
};

// A list of children that is no list leaves the views of the one before removed, and never shown again.
const updateViews = ViewList.prototype.update;
ViewList.prototype.update = function (this: ViewList<unknown>, models, ...rest) {
  if (!Array.isArray(models)) throw new TypeError(`the children are ${String(models)}, not a list`);
  return updateViews.call(this, models, ...rest);
} as typeof updateViews;

// Classes that are no list make every later change of them fail too.
const updateClasses = DOMWidgetView.prototype.update_classes;
DOMWidgetView.prototype.update_classes = function (this: DOMWidgetView, before, after, el) {
  if (!Array.isArray(after)) throw new TypeError(`the classes are ${String(after)}, not a list`);
  updateClasses.call(this, words(before), words(after), el);
};

/** The single classes in a list of them: one with a space in it throws, now and when it is removed. */
function words(classes: unknown): string[] {
  const all = Array.isArray(classes) ? classes : [];
  return all.flatMap((name) => String(name).split(/\s+/)).filter((name) => name !== "");
}

// Views that count themselves in `_view_count` save it as they are removed, and some send a message;
// when the server has closed the comm, that would throw.
const handleCommClosed = WidgetModel.prototype._handle_comm_closed;
WidgetModel.prototype._handle_comm_closed = function (this: WidgetModel, message) {
  (this as unknown as { _comm_live: boolean })._comm_live = false;
  delete (this as { comm?: unknown }).comm;
  handleCommClosed.call(this, message);
};

/** Widget packages may bring a copy of base of their own, so the class is not what tells. */
export function isModel(value: unknown): value is WidgetModel {
  const { state_change, get } = (value ?? {}) as Partial<WidgetModel>;
  return value instanceof WidgetModel || (typeof get === "function" && state_change !== undefined);
}

// Base makes a view of whatever stands in `layout` and `style`, and some widgets have traits of these
// names with a value of their own in them: a theme, the way a graph is laid out, an address.
const { setLayout, setStyle } = DOMWidgetView.prototype;
DOMWidgetView.prototype.setLayout = function (this: DOMWidgetView, layout, before) {
  if (isModel(layout)) setLayout.call(this, layout, before);
};
DOMWidgetView.prototype.setStyle = function (this: DOMWidgetView, style, before) {
  if (isModel(style)) setStyle.call(this, style, before);
};

// Base tells a view Lumino's messages by `processLuminoMessage` alone. Views written for base 4 and older
// have `processPhosphorMessage`: in the place of the one they are told by the other. What that calls in
// base is the method above theirs, not their own: views that have both do the same in each, once.
const PHOSPHOR = "processPhosphorMessage";
const LUMINO = "processLuminoMessage";
const ownPhosphor = (prototype: object): boolean => Object.hasOwn(prototype, PHOSPHOR);

const relay = function (this: DOMWidgetView, message: Message): void {
  const oldest = prototypesOf(this).findLast(ownPhosphor);
  const above = oldest ? (Object.getPrototypeOf(oldest) as DOMWidgetView) : this;
  above[LUMINO].call(this, message);
};
DOMWidgetView.prototype[PHOSPHOR] = relay;

/** Called as a view is made. */
function hearAsPhosphor(view: DOMWidgetView): void {
  if (view[PHOSPHOR] === relay) return;
  const newest = prototypesOf(view).find((own) => ownPhosphor(own) || Object.hasOwn(own, LUMINO));
  if (newest && !Object.hasOwn(newest, LUMINO)) view[LUMINO] = (message) => view[PHOSPHOR](message);
}

/** The prototypes of a view below base's, its class's first. */
function prototypesOf(view: DOMWidgetView): object[] {
  const prototypes: object[] = [];
  let prototype: object = Object.getPrototypeOf(view);
  while (prototype !== DOMWidgetView.prototype) {
    prototypes.push(prototype);
    prototype = Object.getPrototypeOf(prototype);
  }
  return prototypes;
}

/** A copy of what is needed of `value`, in which each view shows the whole of its buffer. */
function ownBuffers(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    if (byteOffset === 0 && byteLength === buffer.byteLength) return value;
    return new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
  }
  if (Array.isArray(value)) return mapChanged(value, (items) => items.map(ownBuffers));
  if (typeof value === "object" && value !== null && isPlain(value)) {
    return mapChanged(value as Record<string, unknown>, (record) =>
      Object.fromEntries(Object.entries(record).map(([key, item]) => [key, ownBuffers(item)])),
    );
  }
  return value;
}

function mapChanged<T extends object>(value: T, map: (value: T) => object): object {
  const mapped = map(value);
  const before = Object.values(value) as unknown[];
  return Object.values(mapped).every((item, index) => item === before[index]) ? value : mapped;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
}

// A view listens to its model's custom messages with a listener that it never takes off: of a model
// that outlives its views, every view that ever was is kept. Nor does it remove the views of its
// layout and style, which keep it when those live longer. The rest is what base does (widget.ts),
// with one listener in the place of two: there are three such views for each control.
WidgetView.prototype.initialize = function (this: WidgetView, { options }) {
  const { model } = this;
  if (this instanceof DOMWidgetView) hearAsPhosphor(this);
  this.listenTo(model, "change", (_: WidgetModel, changeOptions: unknown) => {
    const changed = Object.keys(model.changedAttributes() || {});
    if (changed[0] !== "_view_count" || changed.length > 1) this.update(changeOptions as never);
  });
  this.options = options;
  // Not bound, so that base's own method is told from others: see `listens`.
  const { handle_message: hear } = this;
  model.on("msg:custom", hear, this);
  this.once("remove", () => {
    countViews(model, -1);
    model.off("msg:custom", hear, this);
    const { layoutPromise, stylePromise } = this as WidgetView & LayoutAndStyle;
    for (const made of [layoutPromise, stylePromise]) void made?.then(removeView, () => undefined);
  });
  this.displayed = new Promise((resolve) => {
    this.once("displayed", () => {
      countViews(model, 1);
      resolve(undefined as never);
    });
  });
};

function countViews(model: WidgetModel, change: number): void {
  const count: unknown = model.get("_view_count");
  if (typeof count !== "number") return;
  model.set("_view_count", count + change);
  model.save_changes();
}

/** A listener, as Backbone keeps it. */
interface Listener {
  readonly callback: unknown;
}

/** Whether something listens for a model's custom message. Each view listens for `focus` and `blur` alone. */
export function listens(model: WidgetModel, content: unknown): boolean {
  const { _events: events } = model as { _events?: Record<string, Listener[] | undefined> };
  if (events?.all?.length) return true;
  const { do: action } = (content ?? {}) as { do?: unknown };
  const isForViews = action === "focus" || action === "blur";
  return (
    events?.["msg:custom"]?.some(({ callback }) => isForViews || callback !== hearFocus) === true
  );
}

const hearFocus: unknown = WidgetView.prototype.handle_message;

/** The views of a DOM widget's layout and style, where it has them. */
type LayoutAndStyle = Partial<
  Record<"layoutPromise" | "stylePromise", DOMWidgetView["layoutPromise"]>
>;

function removeView(view: WidgetView | undefined): void {
  view?.remove();
}

// For each trait of a layout (forty) and of a style, a view listens to an event, and a layout's takes
// a property off an element that has none: that and its garbage was a fifth of the drawing of many
// widgets. One event tells of all.
LayoutView.prototype.registerTrait = function (this: LayoutView, trait) {
  follow(this, trait);
  this.handleChange(trait, this.model.get(trait));
};
StyleView.prototype.registerTrait = function (this: StyleView, trait) {
  follow(this, trait);
};

/** What is not laid out, as long as it takes the same room so: see `upstream-controls.ts`. */
export const WAITING_CLASS = "shiny-comm-waiting";

function follow(view: LayoutView | StyleView, trait: string): void {
  const { _traitNames: traits } = view as unknown as { _traitNames: string[] };
  if (traits.push(trait) > 1) return;
  view.listenTo(view.model, "change", ({ changed }: WidgetModel) => {
    const { el } = (view.options as { parent?: WidgetView }).parent ?? view;
    for (const sized of [el, ...el.children]) sized.classList.remove(WAITING_CLASS);
    for (const name of traits) {
      if (Object.hasOwn(changed, name)) view.handleChange(name, view.model.get(name));
    }
  });
}

const handleChange = LayoutView.prototype.handleChange;
LayoutView.prototype.handleChange = function (this: LayoutView, trait, value) {
  const { parent } = this.options as { parent?: DOMWidgetView };
  if (value === null && parent?.el.style.length === 0) return;
  handleChange.call(this, trait, value);
};

// Only models with a description have a tooltip that base's own method can bear; pydeck has one of
// another kind, and no description.
DOMWidgetView.prototype.updateTooltip = function (this: DOMWidgetView): void {
  const title: unknown = this.model.get("tooltip");
  const description: unknown = this.model.get("description");
  if (typeof title !== "string" || title === "") this.el.removeAttribute("title");
  else if (!description) this.el.setAttribute("title", title);
};

// Lumino throws when a widget is to be detached whose element has left the page with its parent, as
// all that Shiny removes does. Its messages do all that detaching would but for taking it off.
const remove = DOMWidgetView.prototype.remove;
DOMWidgetView.prototype.remove = function (this: DOMWidgetView) {
  leave(this.luminoWidget);
  return Reflect.apply(remove, this, []) as ReturnType<typeof remove>;
};

// A box tells its children that their sizes may be others when all are there, and some may have been
// removed meanwhile: they have no view.
for (const prototype of [JupyterLuminoWidget.prototype, JupyterLuminoPanelWidget.prototype]) {
  const { processMessage } = prototype;
  prototype.processMessage = function (this: { _view?: unknown }, message) {
    if (this._view) processMessage.call(this as never, message);
  };
}

function leave(widget: Widget | undefined): void {
  if (widget?.isAttached && !widget.parent && !widget.node.isConnected) {
    MessageLoop.sendMessage(widget, Widget.Msg.BeforeDetach);
    MessageLoop.sendMessage(widget, Widget.Msg.AfterDetach);
  }
}

/**
 * Makes a view fit that was not made by this base. AMD bundles may bring a copy of base 4 or older of
 * their own, as pydeck does: its views have a Phosphor widget, under another name. Lumino bears those,
 * as they know the same messages.
 */
export function adopt(view: WidgetView): void {
  const { luminoWidget, pWidget } = view as unknown as Partial<DOMWidgetView>;
  if (luminoWidget || !pWidget) return;
  const { remove } = view;
  Object.assign(view, {
    luminoWidget: pWidget,
    remove() {
      leave(pWidget);
      return remove.call(view);
    },
  });
}

// A panel seeks a widget's place by its number among the panel's elements, and the browser counts
// them anew after each: a box of n children took n² steps. The widget ahead of it knows the place.
const panels = PanelLayout.prototype as unknown as Pick<PanelLayout, "parent" | "widgets"> & {
  attachWidget(index: number, widget: Widget): void;
};
panels.attachWidget = function (index, widget) {
  const { parent, widgets } = this;
  if (!parent) return;
  const { node } = parent;
  const ahead = widgets[index - 1]?.node;
  const place = ahead?.parentNode === node ? ahead.nextElementSibling : node.children[index];
  if (parent.isAttached) MessageLoop.sendMessage(widget, Widget.Msg.BeforeAttach);
  node.insertBefore(widget.node, place ?? null);
  if (parent.isAttached) MessageLoop.sendMessage(widget, Widget.Msg.AfterAttach);
};
