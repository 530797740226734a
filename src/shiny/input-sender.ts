/** Hands texts to the Shiny session as an input, in order, whatever state the runtime is in. */
import { CommError, messageOf, type OnError } from "../comm/errors.js";
import { CLOSE_INPUT, OPEN_INPUT, SEND_INPUT } from "../comm/messages.js";
import type { Outlet, OutletState } from "../connection/shared-page.js";
import { OPEN, pageJQuery, type ShinyApp, type ShinyPort } from "./runtime.js";

/** So many texts wait for the first session; a page that never gets one must not hoard them. */
const MAX_HELD = 1_000;

/** The inputs that texts are put into. */
const INPUTS = [OPEN_INPUT, SEND_INPUT, CLOSE_INPUT];

interface Text {
  readonly comm_id: string;
  readonly input: string;
  readonly text: string;
}

export interface OutboxOptions {
  /** Read anew each time: the session comes after the runtime, and may go. */
  runtime: () => ShinyPort | undefined;
  onError: OnError;
  /** Whether the session's server wants to hear of closes; by default it does not. */
  takesCloses?: () => boolean;
}

/**
 * The last stretch before the socket.
 *
 * Texts go out in a task of their own (a microtask): `setInputValue` called from inside an event
 * that it triggers itself keeps but the last value of a name, and may forget to send that.
 */
export class Outbox implements Outlet {
  readonly takesCloses: () => boolean;
  readonly #runtime: () => ShinyPort | undefined;
  readonly #onError: OnError;
  readonly #texts: Text[] = [];
  #scheduled = false;
  /** There has been a session; if none is open now, it is over. */
  #hadSession = false;
  #reported = false;
  /** `setInputValue` is the one that waits for a button to be pressed, and keeps one value a name. */
  #deferred = false;

  constructor({ runtime, onError, takesCloses = () => false }: OutboxOptions) {
    this.takesCloses = takesCloses;
    this.#runtime = runtime;
    this.#onError = onError;
  }

  /** Follows the session. @returns the undo */
  listen(): () => void {
    const $ = pageJQuery();
    const onConnected = (): void => {
      // What an old session's models sent is not for the new one.
      if (this.#hadSession) this.#texts.length = 0;
      this.#hadSession = true;
      this.#reported = false;
      // Shiny sends `init` after this event, in the same task.
      this.#schedule();
    };
    const onDisconnected = (): void => {
      this.#hadSession = true;
      // There when somebody has put off the call of `setInputValue`.
      const sent = this.#runtime()?.shinyapp?.$inputValues ?? {};
      for (const input of INPUTS) delete sent[input];
      if (this.#texts.length > 0) this.#schedule();
    };
    $?.(document).on("shiny:connected", onConnected);
    $?.(document).on("shiny:disconnected", onDisconnected);
    this.#state();
    return () => {
      $?.(document).off("shiny:connected", onConnected);
      $?.(document).off("shiny:disconnected", onDisconnected);
    };
  }

  /**
   * Sends a text as soon as there is a session. When the session is over, that is reported, once
   * until the next, and the text dropped.
   *
   * @returns whether it is on its way
   */
  put(comm_id: string, text: string, input: string = SEND_INPUT): boolean {
    const full = this.#texts.length >= MAX_HELD && this.#state() === "starting";
    if (full || this.#state() === "over") {
      this.drop(comm_id);
      return false;
    }
    this.#texts.push({ comm_id, input, text });
    this.#schedule();
    return true;
  }

  /** Reports that something of a comm's cannot be sent, once a session. */
  drop(comm_id: string): void {
    if (this.#reported) return;
    this.#reported = true;
    this.#onError(
      new CommError(
        "NOT_CONNECTED",
        `comm ${comm_id}: no Shiny session to send to; this and all further messages are dropped`,
        { comm_id },
      ),
    );
  }

  inspect(): OutletState {
    return { held: this.#texts.length, session: this.#state() };
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      try {
        this.#drain();
      } finally {
        this.#scheduled = false;
      }
    });
  }

  #drain(): void {
    // What is put meanwhile, by those who listen to Shiny's events, is sent in its turn.
    for (let next = this.#texts[0]; next; next = this.#texts[0]) {
      const state = this.#state();
      if (state === "starting") return;
      this.#texts.shift();
      const shiny = this.#runtime();
      const app = shiny?.shinyapp;
      if (state === "over" || !shiny || !app) this.drop(next.comm_id);
      else this.#hand(shiny, app, next);
    }
  }

  #hand(shiny: ShinyPort, app: ShinyApp, { comm_id, input, text }: Text): void {
    // Whether Shiny defers was decided when it started; the button may be gone since.
    this.#deferred ||= hasSubmitButton();
    const sent = app.$inputValues ?? {};
    try {
      if (this.#deferred) app.sendInput({ [input]: text });
      else shiny.setInputValue?.(input, text, { priority: "event" });
    } catch (cause) {
      // Others wrap `setInputValue`, and listen to what it triggers.
      this.#onError(
        new CommError(
          "HANDLER",
          `comm ${comm_id}: an error while Shiny sent (${messageOf(cause)})`,
          {
            comm_id,
            cause,
          },
        ),
      );
      if (sent[input] !== text) app.sendInput({ [input]: text });
    }
    // What Shiny remembers of an input it sends again to a new session, which knows no such comm.
    delete sent[input];
  }

  #state(): OutletState["session"] {
    const shiny = this.#runtime();
    if (!shiny) return "over";
    if (shiny.setInputValue && isOpen(shiny.shinyapp)) {
      this.#hadSession = true;
      return "open";
    }
    return this.#hadSession ? "over" : "starting";
  }
}

function hasSubmitButton(): boolean {
  // Tests have a runtime without a page.
  const { document: page } = globalThis as { document?: Document };
  return (page?.querySelector(".shiny-submit-button") ?? null) !== null;
}

/** `isConnected` is true while the socket is still being opened; what is sent then goes to the session after. */
function isOpen(app: ShinyApp | undefined): boolean {
  if (!app) return false;
  const { $socket } = app;
  return $socket ? $socket.readyState === OPEN : $socket === undefined && !!app.isConnected?.();
}
