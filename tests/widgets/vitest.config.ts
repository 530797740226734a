/** Runs the tests of the widget sources in a real browser, on an in-memory Shiny, without a build of the sources. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import { defineProject } from "vitest/config";
import { browserMode, WITH_BROWSERS } from "../../scripts/browser.mjs";
import { viteReplacements } from "../../scripts/replacements.mjs";

const root = join(import.meta.dirname, "../..");

/** The packages that the client's sources import. A package that Vite finds late reloads the page. */
const PACKAGES = [
  "jquery",
  "@jupyter-widgets/base",
  "@jupyter-widgets/base-manager",
  "@jupyter-widgets/controls",
  ...[
    ...["box", "color", "description", "float", "int", "link", "selection", "selectioncontainer"],
    ...["string", "tagsinput", "time", "upload"],
  ].map((part) => `@jupyter-widgets/controls/lib/widget_${part}.js`),
  "@jupyter-widgets/controls/lib/lumino/accordion.js",
  "@jupyter-widgets/output",
  "@jupyterlab/outputarea",
  "@jupyterlab/rendermime",
  ...[
    ...["algorithm", "collections", "commands", "coreutils", "disposable", "domutils", "dragdrop"],
    ...["keyboard", "messaging", "polling", "properties", "signaling", "virtualdom", "widgets"],
  ].map((part) => `@lumino/${part}`),
  "dompurify",
  "katex/contrib/auto-render",
  "marked",
  "nouislider",
  "semver/ranges/max-satisfying.js",
];

/** Returns a chunk's style sheet from the build, whose file name has a hash. */
async function builtStyle(name: string): Promise<string> {
  const chunks = join(root, "dist/chunks");
  const file = (await readdir(chunks)).find((each) => each.replace(/-\w+\.css$/, "") === name);
  return readFile(join(chunks, file ?? name), "utf8");
}

export default defineProject({
  root: import.meta.dirname,
  cacheDir: "../../.tmp/vite-widgets",
  server: { fs: { allow: [root] } },
  define: { CLIENT_VERSION: '"0.0.0"' },
  optimizeDeps: {
    include: PACKAGES,
    rolldownOptions: { plugins: [viteReplacements], shimMissingExports: true },
  },
  plugins: [
    {
      // The sources link style sheets that only the build makes.
      name: "style sheets of dist/",
      configureServer(server) {
        server.middlewares.use(async (request, response, next) => {
          const found = /\/src\/widgets\/(?:modules|output-widget|views)\/([\w-]+)\.css$/.exec(
            request.url ?? "",
          );
          if (!found) return next();
          response.setHeader("content-type", "text/css");
          response.end(await builtStyle(found[1] ?? "").catch(() => ""));
        });
      },
    },
    {
      // `/lost/<key>.js?times=2&text=…` fails twice, then returns the text. `/lost/<key>` returns the
      // number of requests for the file; `/lost/<key>?status=404` sets the status of its failures, and
      // `?times=2` their number. Files in `/lost/gone/` fail always.
      name: "a network that loses files",
      configureServer(server) {
        const requests = new Map<string, number>();
        const failures = new Map<string, URLSearchParams>();
        server.middlewares.use((request, response, next) => {
          const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
          const [, key, type] = /^\/lost\/([\w@./-]+?)(\.js|\.css)?$/.exec(pathname) ?? [];
          if (!key) return next();
          if (!type) {
            if (searchParams.size > 0) failures.set(key, searchParams);
            return response.end(String(requests.get(key) ?? 0));
          }
          const count = (requests.get(key) ?? 0) + 1;
          requests.set(key, count);
          const failure = failures.get(key);
          const times = Number(failure?.get("times") ?? searchParams.get("times"));
          // By default a status, because the browser itself retries a request whose connection is cut.
          const status = Number(failure?.get("status") ?? 503);
          if (count <= times || key.startsWith("gone/")) {
            if (status === 0) return response.destroy();
            response.statusCode = status;
          }
          response.setHeader("content-type", type === ".js" ? "text/javascript" : "text/css");
          response.end(searchParams.get("text") ?? 'define({ from: "the CDN" });');
        });
      },
    },
  ],
  test: {
    name: "widgets",
    include: ["*.test.ts"],
    testTimeout: 90_000,
    expect: { poll: { timeout: 30_000 } },
    browser: browserMode(playwright),
    ...WITH_BROWSERS,
  },
});
