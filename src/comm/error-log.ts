/** The last errors, as texts: error objects would keep models in memory. */
import { shorten } from "../util/text.js";
import { type CommError, MAX_MESSAGE_LENGTH, type MessageKind } from "./errors.js";

/** A reported error. */
export interface LoggedError {
  /** When the error was reported, in ms since the epoch. */
  readonly time: number;
  readonly comm_id: string | undefined;
  readonly kind: MessageKind | undefined;
  readonly message: string;
  /** The stacks of the error and of its causes, in order. */
  readonly stacks: readonly string[];
}

/** The maximum number of kept errors. */
const MAX_ERRORS = 20;
const MAX_CAUSES = 5;
/** The maximum length of a stack, in characters: it may contain server data. */
const MAX_STACK = 5_000;

export class ErrorLog {
  /** The number of all errors so far. */
  count = 0;
  /** The last errors, the oldest first. */
  readonly last: LoggedError[] = [];

  note(error: Error): void {
    this.count += 1;
    const { comm_id, kind } = error as Partial<CommError>;
    const stacks: string[] = [];
    for (let e: unknown = error; e && stacks.length < MAX_CAUSES; e = (e as Error).cause) {
      stacks.push(shorten(String((e as Error).stack ?? e), MAX_STACK));
    }
    const message = shorten(`${error}`, MAX_MESSAGE_LENGTH);
    this.last.push({ time: Date.now(), comm_id, kind, message, stacks });
    if (this.last.length > MAX_ERRORS) this.last.shift();
  }
}
