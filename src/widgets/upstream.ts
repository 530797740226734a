/** Works around faults in the Jupyter packages, each in one place and with its reason. */
import { DOMWidgetView, WidgetModel, WidgetView } from "@jupyter-widgets/base";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";

type SyncMessage = WidgetModel["send_sync_message"];

// `remove_buffers` in @jupyter-widgets/base 6.0 sends `view.buffer` of a typed array or DataView:
// the whole buffer, not the part that the view shows. So views get buffers of their own before.
const sendSyncMessage: SyncMessage = WidgetModel.prototype.send_sync_message;
WidgetModel.prototype.send_sync_message = function (this: WidgetModel, state, callbacks) {
  return sendSyncMessage.call(this, ownBuffers(state) as typeof state, callbacks);
};

// An update that fails leaves `state_change` rejected, and with it every update and view after it.
const handleCommMsg = WidgetModel.prototype._handle_comm_msg;
WidgetModel.prototype._handle_comm_msg = function (this: WidgetModel, message) {
  const handled = handleCommMsg.call(this, message);
  if (this.state_change === handled) {
    this.state_change = handled.then(undefined, () => undefined);
  }
  return handled;
};

// Views that count themselves in `_view_count` save it as they are removed; when the server has
// closed the comm, that would throw.
const handleCommClosed = WidgetModel.prototype._handle_comm_closed;
WidgetModel.prototype._handle_comm_closed = function (this: WidgetModel, message) {
  (this as unknown as { _comm_live: boolean })._comm_live = false;
  handleCommClosed.call(this, message);
};

/** A copy of what is needed of `value`, in which each view shows the whole of its buffer. */
export function ownBuffers(value: unknown): unknown {
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

// A view listens to its model's custom messages with a listener that it never takes off: of a
// model that outlives its views, every view that ever was is kept. `listenTo` ends with the view.
const initialize = WidgetView.prototype.initialize;
WidgetView.prototype.initialize = function (this: WidgetView, parameters) {
  const { model } = this;
  const on = model.on;
  const added: unknown[] = [];
  model.on = function (this: WidgetModel, name: string, callback: never, context?: unknown) {
    if (name === "msg:custom") added.push(callback);
    return Reflect.apply(on, this, [name, callback, context]) as never;
  } as unknown as typeof model.on;
  try {
    initialize.call(this, parameters);
  } finally {
    delete (model as { on?: unknown }).on;
  }
  this.once("remove", () => {
    for (const callback of added) model.off("msg:custom", callback as never);
  });
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
  const { luminoWidget } = this;
  if (luminoWidget?.isAttached && !luminoWidget.parent && !luminoWidget.node.isConnected) {
    MessageLoop.sendMessage(luminoWidget, Widget.Msg.BeforeDetach);
    MessageLoop.sendMessage(luminoWidget, Widget.Msg.AfterDetach);
  }
  return Reflect.apply(remove, this, []) as ReturnType<typeof remove>;
};
