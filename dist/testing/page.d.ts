/** Stands in for a page where there is none, as in Node: jQuery's events, and a document with hardly an element. */
/** An event as jQuery makes them: the properties it was made with, beside the methods. */
export interface PageEvent {
    readonly type: string;
    preventDefault(): void;
    isDefaultPrevented(): boolean;
    [property: string]: unknown;
}
type Handler = (event: never) => void;
/** What {@link createJQuery} makes of a target: as much as Shiny and its clients ask of jQuery. */
interface EventScope extends ArrayLike<unknown> {
    on(type: string, handler: Handler): EventScope;
    off(type: string, handler: Handler): EventScope;
    one(type: string, handler: Handler): EventScope;
    trigger(event: string | PageEvent | {
        type: string;
    }): EventScope;
    find(selector: string): unknown[];
}
/** The part of jQuery that the in-memory Shiny triggers its events with. The real one has it too. */
export interface EventJQuery {
    (target: unknown): EventScope;
    Event(type: string, properties?: object): PageEvent;
}
/**
 * jQuery's events without jQuery, for pages that have none. Namespaces of events and delegation are
 * not there; an event that is triggered on an element goes up to the document, as jQuery's do.
 */
export declare function createJQuery(): EventJQuery;
/** As much of a document as the client looks at where there is no page. */
export interface StandInDocument {
    /** What `querySelector` finds, by selector; `#id` for `getElementById`. */
    readonly elements: Map<string, unknown>;
    /** Has a `dataset`. */
    readonly body: object;
    /** The document's own events; nobody triggers any. */
    addEventListener(type: string, listener: () => void): void;
    /** The opposite. */
    removeEventListener(type: string, listener: () => void): void;
    /** What stands in `elements` for the selector, or `null`. */
    querySelector(selector: string): unknown;
    /** The same, as a list. */
    querySelectorAll(selector: string): unknown[];
    /** What stands in `elements` for `#id`, or `null`. */
    getElementById(id: string): unknown;
}
/** A document for Node: what a test puts into `elements` is on the page. */
export declare function createDocument(): StandInDocument;
export {};
