/** The links of the documentation, as it is read in the repository. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { readPage } from "../../docs/markdown.mjs";
import { PAGES, ROOT } from "../../docs/pages.mjs";

test.each(PAGES)("%s: each link leads to an existing file and heading", (page) => {
  const broken = readPage(page).links.filter((link) => {
    if (/^(https?|mailto):/.test(link)) return false;
    const [file = "", anchor = ""] = link.split("#").map(decodeURIComponent);
    const target = file === "" ? page : relative(ROOT, join(ROOT, dirname(page), file));
    if (file.startsWith("/") || !existsSync(join(ROOT, target))) return true;
    // The site has no page for a folder.
    if (statSync(join(ROOT, target)).isDirectory()) return true;
    return anchor !== "" && target.endsWith(".md") && !readPage(target).anchors.has(anchor);
  });
  expect(broken).toEqual([]);
});

test("each page in docs/ is on the site", () => {
  const pages = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md") && !/^(node_modules|\.site|upstream)\b/.test(file))
    .map((file) => `docs/${file}`);
  expect(pages.filter((page) => !PAGES.includes(page))).toEqual([]);
});

test("the pictures take less than 1.5 MB", () => {
  const pictures = join(ROOT, "docs/pictures");
  const sizes = readdirSync(pictures).map((file) => statSync(join(pictures, file)).size);
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_500_000);
});
