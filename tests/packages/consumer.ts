/** A package in a separate folder that depends on the packed tarball. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/** The sources of the package's author; `main.js` uses the whole API. */
const FILES: Record<string, string> = {
  "package.json": JSON.stringify({ name: "consumer", private: true, type: "module" }),
  "codec.js": `import { decode, encode } from "shiny-comm/codec";
    globalThis.codec = { decode, encode };`,
  "comms.js": `import { connect } from "shiny-comm";
    globalThis.connection = connect();`,
  "nothing.js": `import "shiny-comm";`,
  "main.js": `import { connect, onError, registerWidgetModule } from "shiny-comm";
    globalThis.errorCodes = [];
    onError(({ error }) => errorCodes.push(error.code));
    connect().register_target("echo", (comm) => {
      comm.on_msg(({ content, buffers }) => {
        comm.send({ echo: content.data }, { buffers });
      });
    });
    registerWidgetModule("packed-widget", "1.2.0", async ({ load }) => {
      const { defineWidgets } = await import("./widgets.js");
      return defineWidgets(await load("@jupyter-widgets/base"));
    });`,
  "widgets.js": `export function defineWidgets({ DOMWidgetModel, DOMWidgetView }) {
      class PackedModel extends DOMWidgetModel {}
      class PackedView extends DOMWidgetView {
        render() {
          const show = () => { this.el.textContent = "packed " + this.model.get("n"); };
          this.listenTo(this.model, "change:n", show);
          show();
        }
      }
      return { PackedModel, PackedView };
    }`,
};

export interface Consumer {
  readonly folder: string;
  /** Writes a file into the folder. @returns its path */
  write(name: string, text: string): Promise<string>;
  remove(): Promise<void>;
}

/** Packs dist/ and its dependency, and installs the tarballs without a network. */
export async function makeConsumer(): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), "shiny-comm-consumer-"));
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, text);
    return path;
  };
  for (const [name, text] of Object.entries(FILES)) await write(name, text);
  const packed = await run(
    "npm",
    ["pack", "--json", "--pack-destination", folder, ".", "./node_modules/base64-js"],
    { cwd: root },
  );
  const tarballs = (JSON.parse(packed.stdout) as { filename: string }[]).map(
    ({ filename }) => `./${filename}`,
  );
  await run(
    "npm",
    ["install", "--offline", "--no-audit", "--no-fund", "--no-package-lock", ...tarballs],
    { cwd: folder },
  );
  return { folder, write, remove: () => rm(folder, { recursive: true, force: true }) };
}
