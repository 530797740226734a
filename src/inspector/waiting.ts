/** Lists the pending work of a page, with reasons. */
import type { CommMessage } from "../comm/messages.js";
import { OUTPUT_SELECTOR } from "../util/page-names.js";
import type { Inspected } from "../widgets/inspected.js";
import type { PendingModel } from "../widgets/manager/model-factory.js";
import { ellipsize } from "./format.js";
import type { Settled } from "./settled.js";
import type { Snapshots } from "./snapshot.js";

/** One piece of pending work. */
export interface Waiting {
  readonly what:
    | "model"
    | "messages"
    | "update"
    | "texts"
    | "module"
    | "output"
    /** An answer of the server that is still missing; it blocks nothing. */
    | "answer";
  readonly comm_id: string;
  readonly why: string;
  /** When the work became pending, in ms since the epoch; if unknown, when the inspector first saw it. */
  readonly since: number;
}

type Found = Omit<Waiting, "since"> & { readonly since?: number | undefined };

/** The maximum number of listed ids. */
const MAX_NAMED = 3;

export class WaitingList {
  readonly #inspected: Inspected;
  readonly #snapshots: Snapshots;
  readonly #settled: Settled;
  #firstSeen = new Map<string, number>();

  constructor(inspected: Inspected, snapshots: Snapshots, settled: Settled) {
    this.#inspected = inspected;
    this.#snapshots = snapshots;
    this.#settled = settled;
  }

  read(now = Date.now()): Waiting[] {
    const before = this.#firstSeen;
    this.#firstSeen = new Map();
    return [
      ...this.#models(),
      ...this.#early(),
      ...this.#queues(),
      ...this.#inboxes(),
      ...this.#sends(),
      ...this.#texts(),
      ...this.#modules(),
      ...this.#outputs(),
    ].map((found) => {
      const key = `${found.what} ${found.comm_id} ${found.why}`;
      const since = found.since ?? before.get(key) ?? now;
      this.#firstSeen.set(key, since);
      return { ...found, since };
    });
  }

  *#models(): Generator<Found> {
    const { pendingModels, waiting, models } = this.#inspected.widgets.inspect();
    for (const [comm_id, made] of pendingModels) {
      yield { what: "model", comm_id, why: this.#whyModel(made), since: made.since };
    }
    for (const comm_id of waiting.keys()) {
      if (models[comm_id]) continue;
      const why = "Other models reference the model, and the server has not opened it.";
      yield { what: "model", comm_id, why };
    }
  }

  #whyModel({ stage, options, dependencies }: Readonly<PendingModel>): string {
    const { models, pendingModels } = this.#inspected.widgets.inspect();
    switch (stage) {
      case "html":
        return "The model waits for its scripts and style sheets.";
      case "module":
        return `The model waits for the module ${options.model_module}@${options.model_module_version}.`;
      case "style":
        return "The model waits for its layout or style, which the server has not opened.";
      case "models": {
        const missing = [...dependencies].filter((id) => !models[id]);
        if (missing.length > 0) {
          return `The model waits for ${named(missing)}, which the server has not opened.`;
        }
        const unmade = [...dependencies].filter((id) => pendingModels.has(id));
        return unmade.length > 0
          ? `The model waits for ${named(unmade)}, which are being created.`
          : "The model is being created.";
      }
      default:
        return stage satisfies never;
    }
  }

  *#early(): Generator<Found> {
    for (const [comm_id, { messages, open }] of this.#inspected.connection.debug.inspect().early) {
      const why = open
        ? `The open waits for the target ${ellipsize(open.content.target_name, 100)}, which no script has registered.`
        : `${count(messages.length, "message")} came before the open of the comm.`;
      yield { what: "messages", comm_id, why };
    }
  }

  *#queues(): Generator<Found> {
    const { pendingModels } = this.#inspected.widgets.inspect();
    for (const [comm_id, { current, queue }] of this.#inspected.connection.debug.inspect().comms) {
      if (!current) {
        const why = `${count(queue.length, "message")} without a listener: no script has called on_msg.`;
        if (queue.length > 0) yield { what: "messages", comm_id, why };
        continue;
      }
      // The list of models reports an open without further messages.
      if (queue.length === 0 && current.msg_type === "comm_open") continue;
      const behind = queue.length > 0 ? `${count(queue.length, "message")} behind ` : "";
      yield {
        what: "messages",
        comm_id,
        why: `${behind}${this.#whyHeld(comm_id, current, pendingModels)}`,
      };
    }
  }

  #whyHeld(
    comm_id: string,
    current: CommMessage,
    pendingModels: ReadonlyMap<string, unknown>,
  ): string {
    if (current.msg_type === "comm_open") {
      return pendingModels.has(comm_id)
        ? "the open: the model is being created."
        : "the open, which is being handled.";
    }
    const { method } = current.content.data;
    return method === "custom"
      ? "a custom message, which is being handled."
      : `an ${String(method)}, which is being handled.`;
  }

  *#inboxes(): Generator<Found> {
    const { pending, unclaimed } = this.#inspected.widgets.inspect();
    for (const [comm_id, number] of pending) {
      const why = `${count(number, "message")}, of which the first is being handled, or waits for the model's module or view.`;
      yield { what: "messages", comm_id, why };
    }
    for (const [comm_id, { length }] of unclaimed) {
      const why = `${count(length, "custom message")} without a listener.`;
      yield { what: "messages", comm_id, why };
    }
  }

  *#sends(): Generator<Found> {
    const { lanes } = this.#inspected.transport.inspect();
    for (const [comm_id, { waiting, sent }] of lanes) {
      for (const { message, done, since } of sent) {
        if (done) continue;
        const keys = message.keys.length > 0 ? ` of ${named(message.keys)}` : "";
        const why = `The server has not answered the ${keys ? "update" : "message"}${keys}.`;
        yield { what: "answer", comm_id, why, since };
      }
      if (waiting.length > 0) {
        const why = `${count(waiting.length, "message")} held until the server has answered.`;
        yield { what: "update", comm_id, why };
      }
      // A model merges further changes until its update has been answered.
      const kept = this.#snapshots.model(comm_id)?._msg_buffer;
      if (kept) {
        const why = `Changes of ${named(Object.keys(kept))} held until the server has answered.`;
        yield { what: "update", comm_id, why };
      }
    }
  }

  *#texts(): Generator<Found> {
    const { pending, session } = this.#inspected.transport.inspect();
    if (pending === 0) return;
    const why = `${count(pending, "text")} pending: the session is ${session}.`;
    yield { what: "texts", comm_id: "", why };
  }

  *#modules(): Generator<Found> {
    for (const { name, version, module } of this.#inspected.modules.inspect()) {
      if (!module || !this.#settled.isPending(module)) continue;
      yield { what: "module", comm_id: "", why: `${name}@${version} is being loaded.` };
    }
  }

  *#outputs(): Generator<Found> {
    const signs = document.querySelectorAll(`${OUTPUT_SELECTOR} > .shiny-comm-loading`);
    for (const { parentElement } of signs) {
      const why = `The output ${parentElement?.id ?? ""} waits for its widget.`;
      yield { what: "output", comm_id: "", why };
    }
  }
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED).join(", ");
  const more = names.length - MAX_NAMED;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
