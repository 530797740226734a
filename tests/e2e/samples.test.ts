/** The apps in the documentation are served by the real Shiny, and draw their widgets. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nameOf, readPage, type Sample, writeSamples } from "../../docs/markdown.mjs";
import { PAGES, ROOT, VIGNETTES } from "../../docs/pages.mjs";
import { ensurePython, ensureWheels, type ShinyServer, startShiny } from "../../scripts/python.mjs";
import { startRShiny } from "../../scripts/r.mjs";
import { expectNoFaults, openUrl, useBrowser, type WatchedPage } from "./page.js";

const samples = [...PAGES, ...VIGNETTES]
  .flatMap((page) => readPage(page).samples)
  .filter(({ notes }) => !notes["not run"]);
const [python, fragments] = [true, false].map((whole) =>
  samples.filter(
    ({ language, code }) => language === "python" && /\bApp\(|shiny\.express/.test(code) === whole,
  ),
) as [Sample[], Sample[]];
const typescript = samples.filter(({ language }) => language === "ts");
const r = samples.filter(({ language, code }) => language === "r" && code.includes("shinyApp("));

const folder = mkdtempSync(join(tmpdir(), "shiny-comm-samples-"));
const servers: ShinyServer[] = [];

useBrowser();

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(folder, { recursive: true });
});

/** Waits, and reports the faults of the page after a timeout. */
async function orFaults(watched: WatchedPage, waiting: Promise<unknown>): Promise<void> {
  try {
    await waiting;
  } catch (cause) {
    const failed = watched.page.locator("[role=alert], .shiny-output-error");
    const alerts = await failed.allTextContents();
    throw new Error([...watched.faults, ...alerts].join("\n"), { cause });
  }
}

/** Each output has its widget, of a size that can be seen; without one the page shows a text. */
async function drawn({ page }: WatchedPage, { notes }: Sample): Promise<void> {
  if (notes.shows) {
    await page.getByText(notes.shows).waitFor();
    return;
  }
  await expect.poll(() => page.locator(".shiny-ipywidget-output").count()).toBeGreaterThan(0);
  for (const output of await page.locator(".shiny-ipywidget-output").all()) {
    await output.locator("> .lm-Widget").waitFor();
    await expect
      .poll(async () => (await output.locator("> .lm-Widget").boundingBox())?.height ?? 0)
      .toBeGreaterThan(15);
  }
}

/** Bundles the scripts that samples of Python get from the same page's samples of TypeScript. */
async function bundle(place: string): Promise<void> {
  // Below the package, whose own name leads to dist/.
  const scratch = join(ROOT, ".tmp");
  mkdirSync(scratch, { recursive: true });
  const sources = mkdtempSync(join(scratch, "samples-"));
  for (const { sample, file } of writeSamples(typescript, sources, "ts")) {
    if (!sample.notes.bundle) continue;
    await build({
      entryPoints: { [parse(sample.notes.bundle).name]: file },
      outdir: join(place, nameOf(sample.page), "www"),
      bundle: true,
      splitting: true,
      format: "esm",
      define: { "process.env.NODE_ENV": '"production"' },
      logLevel: "silent",
    });
  }
  rmSync(sources, { recursive: true });
}

describe("Python", () => {
  let server: ShinyServer;
  let interpreter: string;

  beforeAll(async () => {
    const place = join(folder, "python");
    interpreter = await ensurePython({
      requirements: join(ROOT, "examples/01-gallery/requirements.lock.txt"),
    });
    writeSamples(python, place, "py");
    await bundle(place);
    server = await startShiny({
      python: interpreter,
      run: [join(import.meta.dirname, "apps/samples.py")],
      app: place,
      env: { PYTHONPATH: join(ROOT, "python/src") },
    });
    servers.push(server);
  });

  test.each(python.map((sample) => [sample.page, sample.index, sample] as const))(
    "%s, sample %i, draws its widgets",
    async (page, index, sample) => {
      const watched = await openUrl(`${server.url}/${nameOf(page)}/sample-${index}/`);
      await orFaults(watched, drawn(watched, sample));
      await expectNoFaults(watched);
    },
  );

  test("samples that are part of an app can be parsed", () => {
    const files = writeSamples(fragments, join(folder, "fragments"), "py").map(({ file }) => file);
    const parse = "import ast, sys\nfor file in sys.argv[1:]: ast.parse(open(file).read(), file)";
    execFileSync(interpreter, ["-c", parse, ...files], { stdio: "pipe" });
  });
});

describe("R", () => {
  let server: ShinyServer;

  beforeAll(async () => {
    const place = join(folder, "r");
    writeSamples(r, place, "R");
    // The modules that an app names.
    const modules = samples.filter(({ language, notes }) => language === "js" && notes.file);
    writeSamples(modules, place, "js");
    const apps = join(import.meta.dirname, "apps");
    const wheels = await ensureWheels({ requirements: join(apps, "r_wheels/requirements.txt") });
    server = await startRShiny({
      app: join(apps, "r_samples"),
      env: { SAMPLES: place, WHEELS: wheels },
    });
    servers.push(server);
  }, 600_000);

  test.each(r.map((sample) => [sample.page, sample.index, sample] as const))(
    "%s, sample %i, draws its widgets",
    async (page, index, sample) => {
      const { notes } = sample;
      const file = notes.file ?? `sample-${index}.R`;
      const watched = await openUrl(`${server.url}/?app=${nameOf(page)}/${file}`);
      await orFaults(watched, drawn(watched, sample));
      const { logs } = notes;
      const faults = watched.faults.filter((fault) => !logs || !fault.includes(logs));
      await expectNoFaults({ ...watched, faults });
    },
  );

  test("a snapshot of shinytest2 has exported values, and nothing that differs in each run", async () => {
    const sample = r.find(({ code }) => code.includes("exportTestValues("));
    if (!sample) throw new Error("no sample exports values");
    const app = `${nameOf(sample.page)}/sample-${sample.index}.R`;
    const watched = await openUrl(`${server.url}/?app=${app}`);
    const { page } = watched;
    const snapshot = () =>
      page.evaluate(async () => {
        const { Shiny } = window as unknown as {
          Shiny: { shinyapp: { getTestSnapshotBaseUrl(options: object): string } };
        };
        const url = Shiny.shinyapp.getTestSnapshotBaseUrl({ fullUrl: true });
        return (await fetch(`${url}&input=1&output=1&export=1&format=json`)).json();
      });
    await page.locator("#slider .noUi-handle").press("ArrowRight");
    await expect.poll(snapshot).toEqual({
      input: {
        ".shiny_comm_frames": "messages of widgets",
        reset: 0,
        shinywidgets_comm_send: "messages of widgets",
      },
      output: { slider: { widget: "IntSlider" } },
      export: { slider: 8 },
    });
    await page.click("#reset");
    await expect.poll(snapshot).toMatchObject({ export: { slider: 0 } });
    await expectNoFaults(watched);
  });
});
