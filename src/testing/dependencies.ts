/** Shiny's `renderDependenciesAsync`: adds htmltools dependencies to the page, each name once. */
import type { JsonObject } from "../comm/messages.js";

type Attributes = Record<string, string>;

export class Dependencies {
  readonly #rendered = new Set<string>();

  /** Renders dependencies one by one; it awaits the load of each script. */
  async render(dependencies: readonly unknown[]): Promise<void> {
    for (const dependency of dependencies) await this.#render(dependency as JsonObject);
  }

  async #render(dependency: JsonObject): Promise<void> {
    const { name, version, src, meta, stylesheet, script, head } = dependency;
    if (this.#rendered.has(String(name))) return;
    this.#rendered.add(String(name));
    const base =
      (src as { href?: string } | null | undefined)?.href ?? (src ? `${name}-${version}` : "");
    const address = (file: string): string => (base ? `${base}/${encodeURI(file)}` : file);

    for (const attributes of attributesOf(meta, "content")) append("meta", attributes);
    for (const { href = "", ...rest } of attributesOf(stylesheet, "href")) {
      append("link", { rel: "stylesheet", ...rest, href: address(href) });
    }
    for (const { src: file = "", ...rest } of attributesOf(script, "src")) {
      const element = append("script", { ...rest, src: address(file) });
      await new Promise((resolve) => {
        element.addEventListener("load", resolve);
        // Shiny continues with the next script, too.
        element.addEventListener("error", resolve);
      });
    }
    if (typeof head === "string") {
      document.head.append(document.createRange().createContextualFragment(head));
    }
  }
}

function append(tag: "meta" | "link" | "script", attributes: Attributes): HTMLElement {
  const element = document.createElement(tag);
  if (element instanceof HTMLScriptElement) element.async = false;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  document.head.append(element);
  return element;
}

/** Returns a list of attributes: a file can be a name, and one file needs no list. */
function attributesOf(given: unknown, key: string): Attributes[] {
  if (given === undefined || given === null) return [];
  const list: unknown[] = Array.isArray(given) ? given : [given];
  return list.map((item) => (typeof item === "string" ? { [key]: item } : (item as Attributes)));
}
