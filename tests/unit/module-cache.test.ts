import { describe, expect, it } from "vitest";
import { isAddress } from "../../src/widgets/anywidget/module-cache.js";

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
  ])("takes %j for an address", (text) => {
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
  ])("takes %j for a module's text", (text) => {
    expect(isAddress(text)).toBe(false);
  });
});
