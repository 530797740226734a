/** The ids of comms and messages. */
/** Returns a random id of 32 hex digits, in the form of the server's ids. */
export declare function newId(): string;
