/** Widgets of R in documents without a server, in documents with R, and where R users put them in an app. */
import { spawnSync } from "node:child_process";
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort, type ShinyServer, startServer } from "../../scripts/python.mjs";
import { ensureRPackage, startRShiny } from "../../scripts/r.mjs";
import { expectNoFaults, expectText, openUrl, useBrowser } from "./page.js";

useBrowser();

const source = join(import.meta.dirname, "apps/r_places");
let r: Awaited<ReturnType<typeof ensureRPackage>>;
let folder: string;
let app: ShinyServer;
let document: ShinyServer;

beforeAll(async () => {
  r = await ensureRPackage({ log: console.log });
  folder = await mkdtemp(join(tmpdir(), "shiny-comm-r-places-"));
  await cp(source, folder, { recursive: true });
  const port = await freePort();
  const code =
    "args <- commandArgs(TRUE); rmarkdown::run('shiny.Rmd', " +
    "shiny_args = list(port = as.integer(args[1]), launch.browser = FALSE))";
  [app, document] = await Promise.all([
    startRShiny({ app: folder, library: r.library }),
    startServer({
      command: r.rscript,
      args: ["-e", `setwd(${JSON.stringify(folder)}); ${code}`, String(port)],
      url: `http://127.0.0.1:${port}`,
      env: r.env,
    }),
  ]);
}, 600_000);

afterAll(async () => {
  await Promise.all([app?.stop(), document?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

test.each([
  ["an R Markdown document", "static.html", "rmarkdown::render('static.Rmd', quiet = TRUE)"],
  ["save_widget() in one file", "one.html", "save_widget(box, 'one.html')"],
  [
    "save_widget() next to files",
    "next.html",
    "save_widget(box, 'next.html', selfcontained = FALSE)",
  ],
])("%s shows widgets without a server or a network", async (_name, file, save) => {
  const code = `library(shinycomm)
    a <- ipy_int_slider(9); b <- ipy_int_slider(9)
    link <- ipy_control("Link", source = list(a, "value"), target = list(b, "value"))
    counter <- anywidget("counter.js", css = "counter.css", count = 1, bytes = raw(200))
    box <- ipy_vbox(a, b, counter, ipy_label("a formula $x^2$"))
    ${save}`;
  const run = spawnSync(r.rscript, ["-e", code], {
    cwd: folder,
    env: { ...process.env, ...r.env },
  });
  expect(run.stderr.toString()).not.toMatch(/Error/);
  const watched = await openUrl(pathToFileURL(join(folder, file)).href, { session: false });
  const { page, requests } = watched;
  await page.locator(".noUi-handle").first().press("ArrowRight");
  await expect
    .poll(() => page.locator(".widget-readout").allTextContents())
    .toEqual(file === "static.html" ? ["10", "10", "10"] : ["10", "10"]);
  const counter = page.locator(".counter");
  await counter.click();
  await expectText(page, ".counter", "count 2 of 200");
  await expect
    .poll(() => counter.evaluate((el) => getComputedStyle(el).color))
    .toBe("rgb(255, 0, 0)");
  await page.locator(".katex").first().waitFor();
  const files = requests.filter((url) => url.startsWith("file:"));
  if (file === "next.html") expect(files.length).toBeGreaterThan(1);
  else expect(files).toHaveLength(1);
  await expectNoFaults(watched);
});

test("a document with runtime: shiny shows printed and rendered widgets, with R behind them", async () => {
  const watched = await openUrl(document.url);
  const { page } = watched;
  const printed = page.locator(".noUi-handle").first();
  await printed.press("ArrowRight");
  await expect.poll(() => page.locator(".widget-readout").allTextContents()).toEqual(["8", "3"]);
  await page.getByText("The slider is at 8").waitFor();
  await page.getByText("Rendered").waitFor();
  await expectNoFaults(watched);
});

test("widgets in dynamic UI, cards, promises, and with checks, on a page whose client loads later", async () => {
  const watched = await openUrl(app.url, {
    prepare: (page) => page.route(/cdn\.jsdelivr\.net/, (route) => route.fulfill({ status: 404 })),
  });
  const { page, faults } = watched;
  await page.click("#insert");
  await page.locator("#bare .noUi-handle").press("ArrowRight");
  const value = async () => {
    const { config, user } = await page.evaluate(() => {
      const { Shiny } = window as unknown as {
        Shiny: { shinyapp: { config: { sessionId: string } } };
      };
      return { config: Shiny.shinyapp.config.sessionId, user: "export" };
    });
    const address = `${app.url}/session/${config}/dataobj/shinytest?${user}=1&format=json`;
    return (await fetch(address)).json();
  };
  await expect.poll(value).toEqual({ export: { slider: 8 } });

  // A module in inserted UI.
  await page.locator("#part-slider .noUi-handle").press("ArrowRight");
  await expectText(page, "#part-value", "inserted 6");
  // A widget fills its card, also in full screen.
  const fills = async () => (await page.locator(".fills").boundingBox())?.height;
  await expect.poll(fills).toBe(200);

  await expectText(page, "#promised", "promised 0");
  await expectText(page, "#checked", "Press the button.");
  await page.click("#go");
  await expectText(page, "#promised", "promised 1");
  await expectText(page, "#checked", "checked 1");
  await expectText(page, "#bound", "bound 1 1");
  await page.click("#go");
  await expectText(page, "#promised", "promised 2");
  await expectText(page, "#checked", "");
  // The output closes the widgets of its promises.
  await page.click("#go");
  await expectText(page, "#open", /rounds open: [12]$/);
  await page.getByText("Second").click();
  await expectText(page, "#hidden", "hidden until shown");

  await page.click("#remove");
  await expect.poll(() => page.locator("#part").count()).toBe(0);
  // Advice is for R.
  await expectText(page, "#missing [role=alert]", /widget_from_wheel\(\).*addResourcePath/s);
  expect(faults.filter((text) => !/no-such-widget|status of 404/.test(text))).toEqual([]);
  await page.close();
});

test("a changed module and style sheet show without a reload, and the state stays", async () => {
  const watched = await openUrl(app.url, {
    prepare: (page) => page.route(/cdn\.jsdelivr\.net/, (route) => route.fulfill({ status: 404 })),
  });
  const { page } = watched;
  await page.click("#insert");
  const counter = page.locator("#files .counter");
  await counter.click();
  await expectText(page, "#files .counter", "count 2 of 5");
  const file = join(folder, "counter.js");
  await writeFile(file, (await readFile(file, "utf8")).replace("`count ", "`changed "));
  await expectText(page, "#files .counter", "changed 2 of 5");
  await writeFile(join(folder, "counter.css"), ".counter { color: rgb(0, 0, 255); }");
  await expect
    .poll(() => counter.evaluate((el) => getComputedStyle(el).color))
    .toBe("rgb(0, 0, 255)");
  await counter.click();
  await expectText(page, "#files .counter", "changed 3 of 5");
  await copyFile(join(source, "counter.js"), file);
  await page.close();
});
