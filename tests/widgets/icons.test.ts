/** Icons of Font Awesome 4 in widgets, on a page without controls, which load the rules for icons. */
import { expect, test } from "vitest";
import { find, openAnywidget, show } from "./page.js";

test("icons of Font Awesome 4 in a view are drawn, and the first icon loads their rules", async () => {
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
