/** Checks the built site: each link has a target, and pages request no other host. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { scanHtml } from "./html.mjs";

const SITE = path.join(import.meta.dirname, ".site");

const files = readdirSync(SITE, { recursive: true, encoding: "utf8" });
const pages = new Map(
  files
    .filter((file) => file.endsWith(".html"))
    .map((file) => [path.join(SITE, file), scanHtml(readFileSync(path.join(SITE, file), "utf8"))]),
);

/** @type {string[]} */
const faults = [];
for (const [page, { links }] of pages) {
  const fault = (/** @type {string} */ what) =>
    faults.push(`${path.relative(SITE, page)}: ${what}`);
  for (const { address, fetched } of links) {
    if (/^(https?:)?\/\//.test(address)) {
      if (fetched) fault(`asks another host for ${address}`);
      continue;
    }
    if (/^(mailto|data):/.test(address)) continue;
    const [file = "", anchor = ""] = address.split("#");
    const target = file === "" ? page : path.resolve(path.dirname(page), decodeURI(file));
    if (!existsSync(target)) fault(`${address} does not exist`);
    const there = pages.get(target);
    if (anchor !== "" && there && !there.anchors.has(decodeURIComponent(anchor))) {
      fault(`${address} has no such anchor`);
    }
  }
}
for (const file of files.filter((name) => name.endsWith(".css"))) {
  const style = readFileSync(path.join(SITE, file), "utf8");
  const other = /(?:url\(|@import)\s*["']?((?:https?:)?\/\/[^"')\s]+)/.exec(style);
  if (other) faults.push(`${file}: asks another host for ${other[1]}`);
}

if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exitCode = 1;
} else {
  console.log(`docs/.site/index.html: ${pages.size} pages, all links have a target`);
}
