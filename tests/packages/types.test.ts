/** The types of the public API: equal to the API report, and valid in a package that installs them. */
import { execFile } from "node:child_process";
import { readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareApi, ENTRIES } from "../../scripts/api-report.mjs";
import { type Consumer, makeConsumer } from "./consumer.js";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);
const require = createRequire(import.meta.url);
const tsc = join(require.resolve("typescript/package.json"), "../bin/tsc");

let consumer: Consumer;
beforeAll(async () => {
  consumer = await makeConsumer();
  await consumer.write("uses.ts", USES);
});
afterAll(() => consumer?.remove());

const names = Object.keys(ENTRIES) as (keyof typeof ENTRIES)[];

test.each(names)("the API of %s matches its report (npm run api updates the report)", (name) => {
  expect(compareApi(name)).toEqual({ changed: false, messages: [] });
});

/** A use of the API. Each `@ts-expect-error` causes an error if the types allow the next line. */
const USES = `import {
  type Comm, type CommMessage, type Connection, type ErrorReport, type MessageKind, type ShinyPort,
  connect, isCommError, onError, registerWidgetModule, setPacing,
  type CommErrorCode, CommError,
} from "shiny-comm";
import { decode, encode, decodeFrame, encodeFrame } from "shiny-comm/codec";
import {
  type ServerSession, type ServerWidget, CommError as ServerError, createShiny,
} from "shiny-comm/testing";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_yes: Same<A, B>): void => undefined;

export async function uses(runtime: ShinyPort): Promise<void> {
  const connection = connect();
  same<typeof connection, Connection>(true);
  connect({ runtime });
  // @ts-expect-error the option does not exist
  connect({ target: "x" });

  const undo = connection.register_target("my.target", (comm, message) => {
    same<typeof comm, Comm>(true);
    same<typeof message.msg_type, "comm_open">(true);
    same<typeof message.buffers, DataView[]>(true);
    const target: string = message.content.target_name;
    // @ts-expect-error data from the server has the type unknown
    const n: number = message.content.data.n;
    comm.on_msg(({ content, buffers }) => comm.send({ target, n, content }, { metadata: {}, buffers }));
    comm.on_close(({ msg_type }) => same<typeof msg_type, "comm_close">(true));
    // @ts-expect-error ids are read-only
    comm.comm_id = "x";
  });
  same<typeof undo, () => void>(true);

  const opened = await connection.openComm("server.target", { data: { a: 1 }, buffers: [new Uint8Array(1)] });
  same<typeof opened, Comm>(true);
  // @ts-expect-error data is an object
  await connection.openComm("server.target", { data: 7 });
  same<ReturnType<typeof connection.get_comm>, Comm | undefined>(true);
  same<ReturnType<typeof connection.commIds>, string[]>(true);

  registerWidgetModule("my-module", "1.0.0", async () => ({ MyModel: class {} }));
  registerWidgetModule("my-module", "1.0.0", async ({ load }) => {
    const base = await load<{ DOMWidgetModel: new () => object }>("@jupyter-widgets/base", "^6.0.0");
    return { MyModel: class extends base.DOMWidgetModel {} };
  });
  // @ts-expect-error a version is text
  registerWidgetModule("my-module", 1, () => ({}));
  // @ts-expect-error a loader returns an object
  registerWidgetModule("my-module", "1.0.0", () => "x");

  const undoErrors = onError((report) => {
    same<typeof report, ErrorReport>(true);
    same<typeof report.error, Error>(true);
    if (isCommError(report.error, "MODULE_LOAD")) report.preventDefault();
  });
  same<typeof undoErrors, () => void>(true);
  // @ts-expect-error an error cannot be replaced
  onError((report) => { report.error = new Error(); });
  setPacing({ throttle: ["hover"] });
  setPacing({ throttle: (content) => (content === 1 ? "one" : undefined) });
  setPacing(undefined);

  same<ReturnType<typeof decode>, CommMessage>(true);
  const message = decode(Math.random() > 1 ? "comm_open" : ("comm_msg" as MessageKind), "{}");
  if (message.msg_type === "comm_open") message.content.html_deps satisfies readonly unknown[];
  same<ReturnType<typeof encode>, string>(true);
  same<ReturnType<typeof encodeFrame>, ArrayBuffer>(true);
  same<ReturnType<typeof decodeFrame>["buffers"], DataView[]>(true);

  const error: CommError = new CommError("OPEN_NOT_SUPPORTED", "no", { advice: "do" });
  error.advice satisfies string | undefined;
  const thrown: unknown = error;
  if (isCommError(thrown, "OPEN_NOT_SUPPORTED")) thrown.comm_id satisfies string | undefined;
  // @ts-expect-error the error code does not exist
  isCommError(thrown, "OpenError");
  new CommError("DECODE", "x").kind satisfies "comm_open" | "comm_msg" | "comm_close" | undefined;
}

export async function tests(): Promise<void> {
  const shiny = createShiny({ onSession: (session) => same<typeof session, ServerSession>(true) });
  connect({ runtime: shiny.runtime });
  shiny.runtime.setInputValue?.("n", 1, { priority: "immediate" });
  // @ts-expect-error the priority does not exist
  shiny.runtime.setInputValue?.("n", 1, { priority: "low" });
  const session = await shiny.connect();
  const widget = session.open({ bytes: new Uint8Array(1) });
  same<typeof widget, ServerWidget>(true);
  session.output("shown", widget);
  session.output("shown", { model_id: widget.model_id, fill: true });
  // @ts-expect-error an output shows a widget or nothing
  session.output("shown", "text");
  new CommError("NOT_CONNECTED", "no") satisfies ServerError;
}

// @ts-expect-error widgets' internals are not public
export { ShinyWidgetManager } from "shiny-comm";
`;

/** Returns the compiler's errors for a file of the consumer. */
async function compilerErrors(file: string, ...rest: string[]): Promise<string> {
  const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022"];
  const args = [tsc, ...options, "--lib", "es2023,dom", "--types", "", ...rest, file];
  const { stdout } = await run(process.execPath, args, { cwd: consumer.folder }).catch(
    (failed: { stdout: string }) => failed,
  );
  return stdout;
}

test.each([
  ["esnext", "bundler"],
  ["nodenext", "nodenext"],
])(
  "the package's types are valid for a consumer with modules %s and resolution %s",
  async (module, resolution) => {
    const resolved = ["--module", module, "--moduleResolution", resolution];
    expect(await compilerErrors("uses.ts", ...resolved)).toBe("");
  },
);

test("the README's TypeScript compiles", async () => {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const samples = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code ?? "");
  expect(samples.length).toBeGreaterThan(0);
  const files = samples.map((_code, index) => `readme-${index}.ts`);
  for (const [index, file] of files.entries()) await consumer.write(file, samples[index] ?? "");
  await symlink(
    join(root, "node_modules/@jupyter-widgets"),
    join(consumer.folder, "node_modules/@jupyter-widgets"),
  );
  const resolved = ["--module", "esnext", "--moduleResolution", "bundler", "--skipLibCheck"];
  for (const file of files) expect(await compilerErrors(file, ...resolved)).toBe("");
});
