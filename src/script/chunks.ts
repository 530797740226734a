/** Loads the client's chunks. */
import { CommError } from "../comm/errors.js";
import { addressOf } from "../util/address.js";
import { retried } from "../util/retry.js";
import { runScript } from "../util/run-script.js";
import { within } from "../util/within.js";

/** Set by the build: for each chunk the hash in its file's name, and the chunks that it imports. */
declare const CHUNKS: Readonly<Record<string, string>>;
/** Set by the build: for each style sheet of a chunk the hash in its file's name. */
declare const STYLES: Readonly<Record<string, string>>;
/** Set by the build: the key under which chunks find the loader. */
declare const CHUNK_LOADER: string;

const KEY = Symbol.for(CHUNK_LOADER);

/** How long a request may take before another one is sent: an idle connection can be dead without a sign. */
const LIMIT_MS = 20_000;

/** The chunk that all others import. */
const START = "start";

/** The exports of this script's modules that chunks use. The build fills it, at the end of the script. */
export const scriptExports = {};

export interface ChunkLoader {
  /** The functions that run a chunk and return its exports, by name. The chunks' files add them. */
  readonly chunks: Record<string, () => Promise<unknown>>;
  /** The `data:` addresses of style sheets in a document without other files, by name. */
  readonly styles: Record<string, string>;
  /** The exports of the script, and of the chunks that have run, by name. */
  readonly modules: Record<string, unknown>;
  /** Returns the address of a style sheet. */
  style(name: string): string;
  /** Starts the download of a chunk and of its imports, in parallel. */
  preload(name: string): void;
  /** Runs a chunk, once, after its imports. After a failure, the next call tries again. */
  load(name: string): Promise<unknown>;
}

/**
 * Makes the loader, and puts it on the page for the chunks. It alone knows the names of files: these change
 * with the contents, so a file that named others would change whenever they do. The build replaces imports
 * of other chunks by uses of the loader.
 *
 * Each file is a module and a classic script. A page with an opaque origin can import modules only from
 * servers that send `Access-Control-Allow-Origin`; it can load classic scripts from all.
 *
 * A document without other files has the loader's `chunks` and `styles` before this script runs.
 *
 * @param folder the address of the files' folder
 */
export function chunkLoader(folder: string): ChunkLoader {
  const page = globalThis as Record<symbol, Partial<ChunkLoader> | undefined>;
  const { chunks = {}, styles = {} } = page[KEY] ?? {};
  const isOpaque = globalThis.origin === "null";
  // Shiny's hosts put the path of a worker into the page's <base>, and change it when another worker serves
  // the page. Files below the base are requested below the present base.
  const base = document.querySelector("base[href]") && addressOf(".");
  const path = base && folder.startsWith(base) ? folder.slice(base.length) : folder;
  const urlOf = (file: string): string => addressOf(path + file);

  const preloaded = new Set<string>();
  const running: Record<string, Promise<unknown> | undefined> = {};
  const modules: Record<string, unknown> = { script: scriptExports };
  const parts = (name: string): [file: string, imports: string[]] => {
    const [hash, ...imports] = (CHUNKS[name] ?? "").split(" ");
    return [`${name}-${hash}.js`, name === START ? imports : [START, ...imports]];
  };
  const request = async (name: string, file: string): Promise<void> => {
    const url = urlOf(file);
    await within(isOpaque ? runScript(url) : import(url), LIMIT_MS);
    // Browsers before 2026 keep the failure of a module: https://github.com/whatwg/html/issues/6768
    // A script may have any type, and come from any server. Another address joins no request without an answer.
    if (!chunks[name]) await within(runScript(`${url}?again`), LIMIT_MS);
    if (!chunks[name]) throw new CommError("CLIENT_LOAD", `cannot load ${url}`);
  };
  const run = async (name: string): Promise<unknown> => {
    const [file, imports] = parts(name);
    loader.preload(name);
    for (const each of imports) await loader.load(each);
    if (!chunks[name]) await retried(() => request(name, file));
    modules[name] = await chunks[name]?.();
    return modules[name];
  };
  const loader: ChunkLoader = {
    chunks,
    modules,
    styles,
    style: (name) => styles[name] ?? urlOf(`${name}-${STYLES[name]}.css`),
    preload(name) {
      if (preloaded.has(name) || chunks[name]) return;
      preloaded.add(name);
      const [file, imports] = parts(name);
      const link = document.createElement("link");
      link.rel = isOpaque ? "preload" : "modulepreload";
      link.as = "script";
      link.href = urlOf(file);
      document.head.append(link);
      imports.forEach(loader.preload);
    },
    load(name) {
      running[name] ??= run(name).catch((error: unknown) => {
        running[name] = undefined;
        throw error;
      });
      return running[name];
    },
  };
  page[KEY] = loader;
  return loader;
}
