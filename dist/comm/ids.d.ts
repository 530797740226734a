/** The ids of comms and messages. */
/** An id that nothing else has, whoever makes one: 32 hex digits, as the server's own. */
export declare function newId(): string;
