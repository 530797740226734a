// src/testing/dependencies.ts
var Dependencies = class {
  #rendered = /* @__PURE__ */ new Set();
  /** Renders dependencies one by one; it awaits the load of each script. */
  async render(dependencies) {
    for (const dependency of dependencies) await this.#render(dependency);
  }
  async #render(dependency) {
    const { name, version, src, meta, stylesheet, script, head } = dependency;
    if (this.#rendered.has(String(name))) return;
    this.#rendered.add(String(name));
    const base = src?.href ?? (src ? `${name}-${version}` : "");
    const address = (file) => base ? `${base}/${encodeURI(file)}` : file;
    for (const attributes of attributesOf(meta, "content")) append("meta", attributes);
    for (const { href = "", ...rest } of attributesOf(stylesheet, "href")) {
      append("link", { rel: "stylesheet", ...rest, href: address(href) });
    }
    for (const { src: file = "", ...rest } of attributesOf(script, "src")) {
      const element = append("script", { ...rest, src: address(file) });
      await new Promise((resolve) => {
        element.addEventListener("load", resolve);
        element.addEventListener("error", resolve);
      });
    }
    if (typeof head === "string") {
      document.head.append(document.createRange().createContextualFragment(head));
    }
  }
};
function append(tag, attributes) {
  const element = document.createElement(tag);
  if (element instanceof HTMLScriptElement) element.async = false;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  document.head.append(element);
  return element;
}
function attributesOf(given, key) {
  if (given === void 0 || given === null) return [];
  const list = Array.isArray(given) ? given : [given];
  return list.map((item) => typeof item === "string" ? { [key]: item } : item);
}
export {
  Dependencies
};
