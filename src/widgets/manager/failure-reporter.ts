/** Reports what fails in widgets: each cause once, although many widgets may fail because of it. */
import { CommError, isCommError, messageOf, type OnError } from "../../comm/errors.js";
import { shorten } from "../../util/text.js";

/** Maximum length of a failure's message without its cause, in characters. */
const MAX_FAILURE_LENGTH = 400;

export class FailureReporter {
  readonly #reported = new WeakSet<object>();

  /** Reports an error that no view shows. */
  readonly report: OnError;

  constructor(onError: OnError) {
    this.report = onError;
  }

  /** Reports a widget's failure unless its cause was reported. @returns the error to show in a view */
  reportOnce(failure: CommError): Error {
    const { cause } = failure;
    const error = this.describe(failure);
    if (typeof cause === "object" && cause !== null) {
      if (this.#reported.has(cause)) return error;
      this.#reported.add(cause);
    }
    // This error names the comm and says everything itself.
    this.report(isCommError(cause, "PROTOCOL_VERSION") ? cause : error);
    return error;
  }

  /** Returns a failure whose message ends with the message of its cause. */
  describe(failure: CommError): Error {
    const { cause, message, comm_id, advice } = failure;
    if (cause === undefined) return failure;
    return new CommError("WIDGET", `${shorten(message, MAX_FAILURE_LENGTH)}: ${messageOf(cause)}`, {
      comm_id,
      cause,
      advice: isCommError(cause) ? cause.advice : advice,
    });
  }
}
