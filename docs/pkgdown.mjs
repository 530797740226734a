/** Builds the reference of the R package into the site, below `r/`, with pkgdown and without a network. */
import { rmSync } from "node:fs";
import path from "node:path";
import { run } from "../scripts/python.mjs";
import { ensureRPackage, findRscript, withLibrary } from "../scripts/r.mjs";
import { ROOT } from "./pages.mjs";

const CODE = `
  args <- commandArgs(TRUE)
  options(pkgdown.internet = FALSE, rlang_backtrace_on_error = "none")
  site <- pkgdown::as_pkgdown(args[[1]], override = list(destination = args[[2]]))
  pkgdown::init_site(site)
  pkgdown::build_home(site, preview = FALSE)
  pkgdown::build_reference(site, preview = FALSE, devel = FALSE)
  pkgdown::build_articles(site, preview = FALSE)
  pkgdown::build_news(site, preview = FALSE)`;

const rscript = findRscript(console.log, ["shiny", "pkgdown", "knitr", "rmarkdown"]);
const { library } = await ensureRPackage();
const destination = path.join(import.meta.dirname, ".site", "r");
rmSync(destination, { recursive: true, force: true });
// An error has the last lines.
await run(rscript, ["-e", CODE, path.join(ROOT, "r"), destination], () => {}, {
  env: { ...process.env, ...withLibrary(library) },
});
