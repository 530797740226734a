/** The report of the inspector, as JSON for a bug report. docs/inspector.md documents its shape. */
import type { LoggedError } from "../comm/error-log.js";
import type { CommTotals } from "../comm/tap.js";
import type { SessionState } from "../shiny/session.js";
import { CDN_ONLY_ATTRIBUTE, CDN_URL_ATTRIBUTE, OUTPUT_SELECTOR } from "../util/page-names.js";
import type { Inspected } from "../widgets/inspected.js";
import type { CommSnapshot, Snapshots } from "./snapshot.js";
import { sizeOfValue, textOfValue } from "./values.js";
import type { Waiting, WaitingList } from "./waiting.js";
import type { Counts, Durations, SeenMessage, Watch } from "./watch.js";

/** Set by the build: the version of this package. */
declare const CLIENT_VERSION: string;

/** The version of the shape; it grows when a member is removed or changes its meaning. */
const REPORT_VERSION = 1;

interface TrafficReport {
  readonly messages: number;
  /** The characters of texts and the bytes of binary frames. */
  readonly size: number;
}

interface DurationsReport {
  readonly count: number;
  readonly medianMs: number;
  readonly maxMs: number;
}

interface CountsReport {
  readonly received: TrafficReport;
  readonly sent: TrafficReport;
  readonly change: DurationsReport;
  readonly answer: DurationsReport;
}

/** A value of a model's state. */
interface ValueReport {
  readonly size: number;
  readonly more?: true;
  /** JSON of at most 2,000 characters; only in a report with values. */
  readonly value?: string;
}

interface CommReport extends Omit<CommSnapshot, "keys">, CountsReport {
  readonly state: Readonly<Record<string, ValueReport>>;
}

interface ModuleReport {
  readonly name: string;
  /** The requested version; for a registered module, the registered version. */
  readonly version: string;
  /** Whether a package on the page registered the module. */
  readonly registered?: true;
}

type Times<T> = Omit<T, "time" | "since">;

export interface Report {
  readonly report: number;
  /** The time of the report; all times are in ISO 8601. */
  readonly time: string;
  readonly versions: { readonly client: string; readonly shiny: string; readonly browser: string };
  readonly page: PageReport;
  readonly session: SessionState;
  /** The number of messages since the page was loaded. */
  readonly total: Readonly<CommTotals>;
  /** The messages since the inspector was opened. */
  readonly watched: CountsReport & { readonly since: string };
  readonly waiting: readonly (Times<Waiting> & { readonly since: string })[];
  readonly comms: readonly CommReport[];
  readonly modules: readonly ModuleReport[];
  readonly errors: {
    readonly count: number;
    readonly last: readonly (Times<LoggedError> & { readonly time: string })[];
  };
  readonly messages: readonly (Times<SeenMessage> & { readonly time: string })[];
}

/** The properties of the page that matter to widgets. */
interface PageReport {
  /** The page's address, without query and fragment, which may be private. */
  readonly address: string;
  readonly language: string;
  readonly theme: string;
  readonly developmentMode: boolean;
  readonly requireJs: boolean;
  readonly baseUrl: string;
  /** The text of `#shiny-comm-settings`. */
  readonly settings: string;
  /** The address of the CDN that the page names, for modules that the server does not have. */
  readonly cdn: string;
  /** Whether the page sets `data-jupyter-widgets-cdn-only`. */
  readonly cdnOnly: boolean;
  readonly outputs: number;
}

export function makeReport(
  inspected: Inspected,
  watch: Watch,
  snapshots: Snapshots,
  waiting: WaitingList,
  values: boolean,
): Report {
  const { connection, modules, transport, errors, runtime } = inspected;
  const { totals } = connection.debug.inspect();
  return {
    report: REPORT_VERSION,
    time: iso(Date.now()),
    versions: {
      client: CLIENT_VERSION,
      shiny: runtime()?.version ?? "",
      browser: navigator.userAgent,
    },
    page: page(inspected),
    session: transport.inspect().session,
    total: { ...totals },
    watched: { since: iso(watch.since), ...counts(watch.all) },
    waiting: waiting.read().map((each) => ({ ...each, since: iso(each.since) })),
    comms: snapshots.ids().map((id) => comm(id, watch, snapshots, values)),
    modules: modules
      .inspect()
      .map(({ name, version, registered }) =>
        registered ? { name, version, registered } : { name, version },
      ),
    errors: {
      count: errors.count,
      last: errors.last.map((each) => ({ ...each, time: iso(each.time) })),
    },
    messages: watch.messages.map((each) => ({
      ...each,
      time: iso(each.time),
      ms: each.ms === undefined ? undefined : rounded(each.ms),
    })),
  };
}

function comm(id: string, watch: Watch, snapshots: Snapshots, values: boolean): CommReport {
  const { keys: _, ...snapshot } = snapshots.of(id);
  // Without a prototype: a state may have a key of any name.
  const state: Record<string, ValueReport> = Object.create(null);
  for (const [key, value] of Object.entries(snapshots.model(id)?.attributes ?? {})) {
    const size = sizeOfValue(value);
    state[key] = values ? { ...size, value: textOfValue(value) } : size;
  }
  return { ...snapshot, ...counts(watch.of(id)), state };
}

function counts(of: Counts): CountsReport {
  return {
    received: { messages: of.received, size: of.receivedSize },
    sent: { messages: of.sent, size: of.sentSize },
    change: durations(of.change),
    answer: durations(of.answer),
  };
}

function durations(of: Durations): DurationsReport {
  return { count: of.count, medianMs: rounded(of.median()), maxMs: rounded(of.max) };
}

function page({ runtime }: Inspected): PageReport {
  const cdn = document.querySelector(`script[${CDN_URL_ATTRIBUTE}]`);
  return {
    address: location.origin + location.pathname,
    language: document.documentElement.lang,
    theme: document.documentElement.getAttribute("data-bs-theme") ?? "",
    developmentMode: runtime()?.inDevMode?.() ?? false,
    requireJs: "requirejs" in globalThis,
    baseUrl: document.body.dataset.baseUrl ?? "",
    settings: document.getElementById("shiny-comm-settings")?.textContent ?? "",
    cdn: cdn?.getAttribute(CDN_URL_ATTRIBUTE) ?? "",
    cdnOnly: document.querySelector(`script[${CDN_ONLY_ATTRIBUTE}]`) !== null,
    outputs: document.querySelectorAll(OUTPUT_SELECTOR).length,
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
