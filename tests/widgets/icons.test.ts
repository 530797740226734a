/** Icons of Font Awesome 4 in widgets, on a page without controls: these would bring the rules for them. */
import { expect, test } from "vitest";
import { find, openAnywidget, show } from "./page.js";

test("a view's icons of Font Awesome 4 are drawn, and its page has their rules from then on", async () => {
  const rules = () => document.querySelectorAll('link[href*="icons.css"]').length;
  const esm = (name: string) => `export default { render({ el }) {
    el.innerHTML = '<i class="${name}"></i>';
  } }`;
  const plain = await find(await show(openAnywidget(esm("none"))), "i.none");
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  expect([plain.className, rules()]).toEqual(["none", 0]);
  const icon = await find(await show(openAnywidget(esm("fa fa-home"))), "i.fa");
  await expect.poll(() => getComputedStyle(icon, "::before").content).toBe('"\uf015"');
  expect(getComputedStyle(icon).fontFamily).toBe("FontAwesome");
  expect(rules()).toBe(1);
});
