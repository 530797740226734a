/** The pages of Markdown that are documentation, as the site has them and the tests check them. */
import { readdirSync } from "node:fs";
import path from "node:path";

export const ROOT = path.dirname(import.meta.dirname);

/** Each group in the order in which the site lists it; the paths are relative to the repository's root. */
export const GROUPS = {
  Guides: [
    "docs/guide/python.md",
    "docs/guide/r.md",
    "docs/guide/widget-authors.md",
    "docs/testing-widgets.md",
    "docs/guide/comm-targets.md",
    "docs/guide/pacing.md",
    "docs/guide/migration.md",
    "docs/guide/troubleshooting.md",
    "docs/inspector.md",
    "docs/guide/gallery.md",
  ],
  Reference: [
    "docs/wire.md",
    "docs/frames.md",
    "SECURITY.md",
    "python/README.md",
    "r/README.md",
    "docs/in-shiny.md",
    "docs/accessibility.md",
    "docs/reliability.md",
    "bench/README.md",
  ],
  Examples: readdirSync(path.join(ROOT, "examples"))
    .sort()
    .map((example) => `examples/${example}/README.md`),
  Project: ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"],
};

/** All of them; the first is the site's front page. */
export const PAGES = ["README.md", ...Object.values(GROUPS).flat()];
