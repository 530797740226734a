/** The wire's vocabulary: the names of handlers and inputs, and the types of decoded messages. */
import type { MessageKind } from "./errors.js";
export type { MessageKind } from "./errors.js";
/** Shiny custom messages that the server sends, and the kind of comm message each bears. */
export declare const HANDLERS: {
    readonly comm_open: "shinywidgets_comm_open";
    readonly comm_msg: "shinywidgets_comm_msg";
    readonly comm_close: "shinywidgets_comm_close";
};
/** The Shiny input, with its type, that takes what models send. */
export declare const SEND_INPUT = "shinywidgets_comm_send:shiny.password";
/** The Shiny inputs that take opens and closes from the browser, on a server that announced itself. */
export declare const OPEN_INPUT = "shiny_comm_open:shiny.password";
export declare const CLOSE_INPUT = "shiny_comm_close:shiny.password";
/** The Shiny custom message by which a server announces, in each session, what it can do. */
export declare const SERVER_HANDLER = "shiny_comm_server";
/** The Shiny input, with its type, that tells the server which version of binary frames the client takes. */
export declare const FRAMES_INPUT = ".shiny_comm_frames:shiny.password";
/** The target of widgets' comms; older servers spell it otherwise. */
export declare const WIDGET_TARGETS: readonly ["jupyter.widget", "ipython.widget", "jupyter.widgets"];
/** The major version of the widget protocol (`metadata.version`) that is spoken here. */
export declare const PROTOCOL_MAJOR = 2;
/** An object as JSON has it. */
export type JsonObject = Record<string, unknown>;
/** Keys and indices that lead from a state to the place of a buffer. */
export type BufferPath = readonly (string | number)[];
/** What every decoded message has. The shape is Jupyter's, as widgets read it. */
export interface CommMessageBase<K extends MessageKind, C> {
    /** What kind of message it is. */
    readonly msg_type: K;
    /** The comm's id and the data; of an open, more. */
    readonly content: C;
    /** Of an open of a widget, `version` is that of the widget protocol. */
    readonly metadata: JsonObject;
    /** Each view owns its `ArrayBuffer` and starts at offset 0. */
    readonly buffers: DataView[];
    /** `msg_type`, and whatever else the server put there. */
    readonly header: JsonObject;
    /** The message that this one answers, where that is known. */
    parent_header?: {
        msg_id: string;
    };
}
/** The content of each message. */
export interface CommContent {
    /** 32 hex digits, as a rule; of a widget, its model's id too. */
    readonly comm_id: string;
    /** What was sent. */
    readonly data: JsonObject;
}
/** The content of an open. */
export interface CommOpenContent extends CommContent {
    /** Whom the open is for. */
    readonly target_name: string;
    /** Of no use here; `null` as a rule. */
    readonly target_module: string | null;
    /** htmltools dependencies, in the form that Shiny's `renderDependencies` takes. */
    readonly html_deps: readonly unknown[];
}
/** The server opens a comm. */
export type CommOpenMessage = CommMessageBase<"comm_open", CommOpenContent>;
/** The server sends on a comm. */
export type CommMsgMessage = CommMessageBase<"comm_msg", CommContent>;
/** The server closes a comm. */
export type CommCloseMessage = CommMessageBase<"comm_close", CommContent>;
/** A message from the server, told apart by `msg_type`. */
export type CommMessage = CommOpenMessage | CommMsgMessage | CommCloseMessage;
/** A message to the server. */
export interface OutgoingMessage {
    /** Of the comm that it is sent on. */
    readonly comm_id: string;
    /** Of an open. */
    readonly target_name?: string | undefined;
    /** Anything that JSON has. */
    readonly data: unknown;
    /** Anything about the data; `{}` by default. */
    readonly metadata?: JsonObject | undefined;
    /** Sent beside the data, as bytes. */
    readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[] | undefined;
}
/** A message from the server whose text has been parsed; it is the receiver's to change. */
export interface ParsedText {
    readonly parsed: unknown;
    /** How long the text was, in characters. */
    readonly size: number;
}
/** Such a message, if that is what a payload is: none from a server has a `parsed` of its own. */
export declare function parsedIn(payload: unknown): ParsedText | undefined;
