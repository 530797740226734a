/** The tests of the widget sources: in a real browser, on an in-memory Shiny, without a build of them. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import { defineProject } from "vitest/config";
import { browserMode, WITH_BROWSERS } from "../../scripts/browser.mjs";
import { viteReplacements } from "../../scripts/replacements.mjs";

const root = join(import.meta.dirname, "../..");

/** The packages that the client's sources import. Each one that Vite finds late reloads the page. */
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
  "@lumino/coreutils",
  "@lumino/messaging",
  "@lumino/widgets",
  "dompurify",
  "katex/contrib/auto-render",
  "marked",
  "nouislider",
  "semver/ranges/max-satisfying.js",
];

/** A chunk's style sheet, as the build has made it: its file's name has a hash. */
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
      // Style sheets are built; the sources link them by their own address.
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
      // `/lost/<key>.js?times=2&text=…` is lost twice, then that text; `/lost/<key>` tells how often it
      // was asked for.
      name: "a network that loses files",
      configureServer(server) {
        const asked = new Map<string, number>();
        server.middlewares.use((request, response, next) => {
          const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
          const [, key, script] = /^\/lost\/([\w@./-]+?)(\.js)?$/.exec(pathname) ?? [];
          if (!key) return next();
          if (!script) return response.end(String(asked.get(key) ?? 0));
          const times = (asked.get(key) ?? 0) + 1;
          asked.set(key, times);
          // Of a connection that is cut the browser makes another by itself.
          if (times <= Number(searchParams.get("times"))) response.statusCode = 503;
          response.setHeader("content-type", "text/javascript");
          response.end(searchParams.get("text") ?? 'define({ from: "the CDN" });');
        });
      },
    },
  ],
  test: {
    name: "widgets",
    include: ["*.test.ts"],
    expect: { poll: { timeout: 5_000 } },
    browser: browserMode(playwright),
    ...WITH_BROWSERS,
  },
});
