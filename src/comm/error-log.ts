/** The last errors, as texts: objects would keep what they were thrown in, and its models, alive. */
import { shorten } from "../util/text.js";
import { type CommError, MAX_MESSAGE_LENGTH, type MessageKind } from "./errors.js";

/** An error that was reported. */
export interface LoggedError {
  /** When, in ms since the epoch. */
  readonly time: number;
  readonly comm_id: string | undefined;
  readonly kind: MessageKind | undefined;
  readonly message: string;
  /** The stacks of the error and of each cause in turn. */
  readonly stacks: readonly string[];
}

/** So many are kept. */
const MAX_ERRORS = 20;
const MAX_CAUSES = 5;
/** Of a stack, no more characters than this are kept: what the server sent may stand in it. */
const MAX_STACK = 5_000;

export class ErrorLog {
  /** How many there were in all. */
  count = 0;
  /** The last, the oldest first. */
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
