/** A jQuery event, with its properties and methods. */
export interface PageEvent {
    readonly type: string;
    preventDefault(): void;
    isDefaultPrevented(): boolean;
    [property: string]: unknown;
}
type Handler = (event: never) => void;
/** A jQuery object, with the members that Shiny and its clients use. */
interface EventScope extends ArrayLike<unknown> {
    on(type: string, handler: Handler): EventScope;
    off(type: string, handler: Handler): EventScope;
    one(type: string, handler: Handler): EventScope;
    trigger(event: string | PageEvent | {
        type: string;
    }): EventScope;
    find(selector: string): unknown[];
}
/** The part of jQuery that the in-memory Shiny uses. */
export interface EventJQuery {
    (target: unknown): EventScope;
    Event(type: string, properties?: object): PageEvent;
}
/**
 * Creates jQuery's events without jQuery. Event namespaces and delegation are unsupported; an event of an
 * element bubbles to the document.
 */
export declare function createJQuery(): EventJQuery;
/** The members of a document that the client uses in Node. */
export interface StandInDocument {
    /** The elements of the page, by selector; by `#id` for `getElementById`. */
    readonly elements: Map<string, unknown>;
    /** The body, with a `dataset`. */
    readonly body: object;
    /** Adds a listener for an event of the document. */
    addEventListener(type: string, listener: () => void): void;
    /** Removes a listener. */
    removeEventListener(type: string, listener: () => void): void;
    /** Returns the element of the selector, or `null`. */
    querySelector(selector: string): unknown;
    /** Returns the element of the selector as an array. */
    querySelectorAll(selector: string): unknown[];
    /** Returns the element of `#id`, or `null`. */
    getElementById(id: string): unknown;
}
/** Creates a document for Node; a test adds to `elements`. */
export declare function createDocument(): StandInDocument;
export {};
