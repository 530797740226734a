/** The Markdown pages of the documentation, for the site and the tests. */
import { readdirSync } from "node:fs";
import path from "node:path";

export const ROOT = path.dirname(import.meta.dirname);

/** Groups in the order of the site; paths are relative to the root of the repository. */
export const GROUPS = {
  Guides: [
    "docs/guide/python.md",
    "docs/guide/r.md",
    "docs/guide/hosts.md",
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
    "docs/hosts-table.md",
    "bench/README.md",
  ],
  Examples: readdirSync(path.join(ROOT, "examples"))
    .sort()
    .map((example) => `examples/${example}/README.md`),
  Project: ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"],
};

/** The vignettes of the R package, which pkgdown builds. Tests run their samples, too. */
export const VIGNETTES = readdirSync(path.join(ROOT, "r/vignettes"))
  .filter((file) => file.endsWith(".Rmd"))
  .sort()
  .map((file) => `r/vignettes/${file}`);

/** All pages; the first is the front page of the site. */
export const PAGES = ["README.md", ...Object.values(GROUPS).flat()];
