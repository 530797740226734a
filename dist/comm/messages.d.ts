/** The vocabulary of the wire: the names of handlers and inputs, and the types of decoded messages. */
import type { MessageKind } from "./errors.js";
export type { MessageKind } from "./errors.js";
/** The Shiny custom messages that the server sends, by the kind of comm message. */
export declare const HANDLERS: {
    readonly comm_open: "shinywidgets_comm_open";
    readonly comm_msg: "shinywidgets_comm_msg";
    readonly comm_close: "shinywidgets_comm_close";
};
/** The Shiny input, with its type, that receives the messages of models. */
export declare const SEND_INPUT = "shinywidgets_comm_send:shiny.password";
/** The Shiny inputs for opens and closes from the browser; the server announces that it supports them. */
export declare const OPEN_INPUT = "shiny_comm_open:shiny.password";
export declare const CLOSE_INPUT = "shiny_comm_close:shiny.password";
/** The Shiny custom message by which a server announces its abilities in each session. */
export declare const SERVER_HANDLER = "shiny_comm_server";
/** The Shiny input, with its type, that tells the server the supported version of binary frames. */
export declare const FRAMES_INPUT = ".shiny_comm_frames:shiny.password";
/** The value of that input which asks the server for a probe, and the Shiny custom message with the probe. */
export declare const PROBE = "probe";
export declare const PROBE_HANDLER = "shiny_comm_probe";
/** The scripts with states, in Jupyter's format for documents: https://ipywidgets.readthedocs.io/en/stable/embedding.html */
export declare const STATES = "[type$=\"widget-state+json\"]";
/** The target of widgets' comms, and its spellings in older servers. */
export declare const WIDGET_TARGETS: readonly ["jupyter.widget", "ipython.widget", "jupyter.widgets"];
/** The prefix of a reference to another model in a state. */
export declare const MODEL_PREFIX = "IPY_MODEL_";
/** The method of the message by which the server repeats an update from the browser. */
export declare const ECHO_UPDATE = "echo_update";
/** The supported major version of the widget protocol (`metadata.version`). */
export declare const PROTOCOL_MAJOR = 2;
/** A JSON object. */
export type JsonObject = Record<string, unknown>;
/** The parts of every decoded message. The shape is Jupyter's, which widgets read. */
export interface CommMessageBase<K extends MessageKind, C> {
    /** The kind of the message. */
    readonly msg_type: K;
    /** The comm's id and the data; an open names its target, too. */
    readonly content: C;
    /** Metadata; in a widget's open, `version` is the version of the widget protocol. */
    readonly metadata: JsonObject;
    /** The buffers; each view owns its `ArrayBuffer` and starts at offset 0. */
    readonly buffers: DataView[];
    /** The header of the server's message, with `msg_type`. */
    readonly header: JsonObject;
    /** The header of the message that this one answers, if known. */
    parent_header?: {
        msg_id: string;
    };
}
/** The content of a message. */
export interface CommContent {
    /** The id of the comm, usually 32 hex digits; a widget's model has the same id. */
    readonly comm_id: string;
    /** The data of the message. */
    readonly data: JsonObject;
}
/** The content of an open. */
export interface CommOpenContent extends CommContent {
    /** The name of the target that the comm is for. */
    readonly target_name: string;
    /** Unused; usually `null`. */
    readonly target_module: string | null;
    /** htmltools dependencies, in the form of Shiny's `renderDependencies`. */
    readonly html_deps: readonly unknown[];
}
/** A message by which the server opens a comm. */
export type CommOpenMessage = CommMessageBase<"comm_open", CommOpenContent>;
/** A message that the server sends on a comm. */
export type CommMsgMessage = CommMessageBase<"comm_msg", CommContent>;
/** A message by which the server closes a comm. */
export type CommCloseMessage = CommMessageBase<"comm_close", CommContent>;
/** A message from the server; `msg_type` tells the kinds apart. */
export type CommMessage = CommOpenMessage | CommMsgMessage | CommCloseMessage;
/** A message to the server. */
export interface OutgoingMessage {
    /** The id of the comm. */
    readonly comm_id: string;
    /** The name of the target, in an open only. */
    readonly target_name?: string | undefined;
    /** Any JSON value. */
    readonly data: unknown;
    /** Metadata as a JSON object; `{}` by default. */
    readonly metadata?: object | undefined;
    /** Binary buffers, sent next to the data. */
    readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[] | undefined;
}
