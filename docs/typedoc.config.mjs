/** The site: the API of the npm entries, and the Markdown pages. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Converter, PageEvent, ReflectionKind } from "typedoc";
import { GROUPS, ROOT } from "./pages.mjs";

const { name, exports } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));

/** The source files of the package's entries. */
const ENTRIES = Object.fromEntries(
  Object.entries(exports)
    .filter(([, { types }]) => types)
    .map(([entry, { types }]) => [
      types.replace("./dist/", "src/").replace(".d.ts", ".ts"),
      `${name}${entry.slice(1)}`,
    ]),
);

const R_TITLE = "R package";
const R_PAGE = "r/index.html";

/** @type {import("typedoc").TypeDocOptions} */
export default {
  name,
  entryPoints: Object.keys(ENTRIES).map((file) => path.join(ROOT, file)),
  alwaysCreateEntryPointModule: true,
  tsconfig: path.join(ROOT, "tsconfig.json"),
  basePath: ROOT,
  readme: path.join(ROOT, "README.md"),
  projectDocuments: Object.values(GROUPS)
    .flat()
    .map((file) => path.join(ROOT, file)),
  // pkgdown.mjs builds these pages.
  navigationLinks: { [R_TITLE]: R_PAGE },
  plugin: [nameReflections, relateNavigation],
  out: path.join(import.meta.dirname, ".site"),
  customCss: path.join(import.meta.dirname, "site.css"),
  // The pages have headings.
  headings: { readme: false, document: false },
  navigation: { includeGroups: true },
  groupOrder: [...Object.keys(GROUPS), "Modules", "*"],
  sort: ["source-order"],
  searchInDocuments: true,
  highlightLanguages: [
    "typescript",
    "javascript",
    "python",
    "r",
    "html",
    "sh",
    "json",
    "toml",
    "markdown",
    "nginx",
    "yaml",
    "css",
  ],
  excludeInternal: true,
  githubPages: false,
  disableSources: true,
  treatWarningsAsErrors: true,
  // `npm run api` looks for types that are not exported.
  validation: { notExported: false },
};

/** Names each page as its first heading does, and each module as it is imported. */
function nameReflections(/** @type {import("typedoc").Application} */ app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, page) => {
    const file = path.relative(ROOT, page.project.files.getReflectionPath(page) ?? "");
    const heading = page.content
      .map(({ text }) => text)
      .join("")
      .match(/^# (.+)$/m);
    if (heading) page.name = heading[1].replaceAll("`", "");
    for (const [group, files] of Object.entries(GROUPS)) {
      if (files.includes(file)) page.frontmatter.group = group;
    }
  });
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const file = path.relative(ROOT, reflection.project.files.getReflectionPath(reflection) ?? "");
    reflection.name = ENTRIES[file] ?? reflection.name;
  });
}

/** Makes the address of the R pages relative to each page. */
function relateNavigation(/** @type {import("typedoc").Application} */ app) {
  app.renderer.on(PageEvent.END, (page) => {
    const address = path.posix.relative(path.posix.dirname(page.url), R_PAGE);
    page.contents = page.contents?.replaceAll(`href="${R_PAGE}"`, `href="${address}"`);
  });
}
