import { describe, expect, it } from "vitest";
import { adviceFor, isAddress } from "../../src/widgets/anywidget/module-cache.js";

describe("isAddress", () => {
  it.each([
    "https://cdn.test/widget.js",
    "http://localhost:8000/widget.js?v=1#top",
    "blob:https://app.test/0b6c",
    "data:text/javascript,export%20default{}",
    "/static/widget.js",
    "./widget.js",
    "../widget.js",
    "/",
  ])("isAddress accepts the address %j", (text) => {
    expect(isAddress(text)).toBe(true);
  });

  it.each([
    "",
    "export default { render() {} }",
    "export default{render(){}}",
    "// https://cdn.test/widget.js",
    "//cdn.test/widget.js",
    "/* a comment */ export default {}",
    "/**/export{a}",
    "https://cdn.test/widget.js\nexport default {}",
    'import x from "https://cdn.test/x.js"',
    " https://cdn.test/widget.js",
    "/pattern/.test(a) ; export default {}",
    "widget.js",
    "ftp://cdn.test/widget.js",
    "...",
  ])("isAddress rejects the module text %j", (text) => {
    expect(isAddress(text)).toBe(false);
  });
});

describe("adviceFor", () => {
  const fetchError = new TypeError("Failed to fetch dynamically imported module: http://x/");

  it("adviceFor names the address that the app's author wrote", () => {
    expect(adviceFor("/static/widget.js", fetchError)).toMatch(/address leads to an ES module/);
  });

  it("adviceFor names the app's server if the companion created the address", () => {
    const advice = adviceFor(`./shiny-comm-modules/${"0".repeat(64)}.js`, fetchError);
    expect(advice).toMatch(/The app serves this module.*module_urls=False/);
    expect(advice).not.toMatch(/address leads to an ES module/);
  });

  it.each([
    fetchError,
    new TypeError("error loading dynamically imported module: http://x/"),
    new TypeError("Importing a module script failed."),
    new TypeError("'text/html' is not a valid JavaScript MIME type."),
  ])("adviceFor recognizes a browser's error of a failed fetch: %s", (cause) => {
    expect(adviceFor("/static/widget.js", cause)).toMatch(/address leads to an ES module/);
  });

  it.each([new Error("gave up"), new TypeError("null has no x"), "text", undefined])(
    "adviceFor names the module's text if the module threw %s",
    (cause) => {
      const advice = adviceFor("/static/widget.js", cause);
      expect(advice).toMatch(/parses and runs/);
      expect(advice).not.toMatch(/address/);
    },
  );

  it("adviceFor names the text of a module without an address", () => {
    expect(adviceFor("export default {}", fetchError)).toMatch(/the text is an ES module.*blob:/);
  });
});
