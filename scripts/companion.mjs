/** Builds the wheel of the Python companion, and installs it in a separate environment. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { filesBelow, hashOf } from "./files.mjs";
import { findPython, run, takeLock } from "./python.mjs";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const VENV = path.join(ROOT, ".venv", "companion");
const LOCK = path.join(ROOT, "examples/01-gallery/requirements.lock.txt");
/** Packages that the tests and their apps need in addition to the wheel's dependencies. */
const FURTHER = ["plotly", "ipyvuedraggable", "hatchling>=1.26", "brotli>=1.0.9"];
/** Files that do not count for the wheel. */
const CACHES = /__pycache__|\.pytest_cache|\.ruff_cache|\.pyc$/;

/**
 * Makes an environment with the companion's wheel, its dependencies, and pytest.
 *
 * A change of the dependencies makes the environment again. Any other change builds and installs only the
 * wheel again.
 *
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<{ python: string, wheel: string }>} the path of the environment's python, and of the wheel
 */
export async function ensureCompanion({ log = () => {} } = {}) {
  const python = path.join(
    VENV,
    ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
  );
  const wheels = path.join(VENV, "wheels");
  const project = await readFile(path.join(ROOT, "python/pyproject.toml"), "utf8");
  // The rest of the file configures tools.
  const needs = await hashOf([LOCK], [...FURTHER, project.split("\n[tool.")[0]]);
  const contents = await hashOf([
    ...(await filesBelow(path.join(ROOT, "python"), CACHES)),
    ...(await filesBelow(path.join(ROOT, "dist"), CACHES)),
    path.join(ROOT, "package.json"),
  ]);
  const stamps = { needs: path.join(VENV, "needs"), contents: path.join(VENV, "contents") };

  await mkdir(path.dirname(VENV), { recursive: true });
  const unlock = await takeLock(`${VENV}.lock`, log);
  try {
    const base = findPython();
    const pip = ["-m", "pip", "--disable-pip-version-check", "--no-input"];
    if ((await stampIn(stamps.needs)) !== needs) {
      log("Making a Python environment for the companion's wheel");
      await rm(VENV, { recursive: true, force: true });
      await run(base, ["-m", "venv", VENV], log);
    }
    if ((await stampIn(stamps.contents)) !== contents) {
      await rm(wheels, { recursive: true, force: true });
      await run(
        python,
        [...pip, "wheel", "--no-deps", "-w", wheels, path.join(ROOT, "python")],
        log,
      );
      const wheel = await theWheel(wheels);
      if (!existsSync(stamps.needs)) {
        const all = ["-c", LOCK, `${wheel}[test,lint]`, ...FURTHER];
        await run(
          python,
          [...pip, "install", "--no-compile", "--progress-bar", "off", ...all],
          log,
        );
        await writeFile(stamps.needs, needs);
      } else {
        await run(python, [...pip, "install", "--no-deps", "--force-reinstall", wheel], log);
      }
      await writeFile(stamps.contents, contents);
    }
    return { python, wheel: await theWheel(wheels) };
  } finally {
    unlock();
  }
}

/** @param {string} folder @returns {Promise<string>} the path of the one wheel in it */
async function theWheel(folder) {
  const [name] = (await readdir(folder)).filter((file) => file.endsWith(".whl"));
  if (!name) throw new Error(`no wheel in ${folder}`);
  return path.join(folder, name);
}

/** @param {string} file @returns {Promise<string | undefined>} */
function stampIn(file) {
  return readFile(file, "utf8").catch(() => undefined);
}
