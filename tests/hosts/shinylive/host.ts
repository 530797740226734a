/** Serves apps that run in Pyodide, as static files. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, extname, join } from "node:path";
import type { Packages } from "./packages.js";

const PAGE = join(import.meta.dirname, "page");
const require = createRequire(import.meta.url);
const PYODIDE = dirname(require.resolve("pyodide/package.json"));

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

export interface Shinylive {
  /** The address of the host's page. Its query is the app's environment, and the query of the app's frame. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the host.
 *
 * @param files the app's files by name; `app.py` has the app
 */
export async function startShinylive(
  packages: Packages,
  files: Record<string, string>,
): Promise<Shinylive> {
  const paths: Record<string, string> = {
    "/": join(PAGE, "index.html"),
    "/site.tar": packages.site,
    "/companion.whl": packages.companion,
  };
  const content = async (path: string): Promise<Buffer | string> => {
    if (path === "/app.json") return JSON.stringify(files);
    const [, name] = path.match(/^\/pyodide\/([\w.-]+)$/) ?? [];
    return readFile(paths[path] ?? (name ? join(PYODIDE, name) : join(PAGE, path.slice(1))));
  };
  const server: Server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://host");
    try {
      const body = await content(pathname);
      const type = TYPES[extname(paths[pathname] ?? pathname)] ?? "application/octet-stream";
      response.writeHead(200, { "Content-Type": type }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
