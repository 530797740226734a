/** The packages of the apps in Pyodide: wheels from PyPI in one archive, and the wheel of the companion. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ensureCompanion } from "../../../scripts/companion.mjs";
import { run, takeLock } from "../../../scripts/python.mjs";

const FOLDER = join(import.meta.dirname, "../../../.venv");

/** The platform of Pyodide 314. Wheels without compiled code are for any platform. */
const PLATFORM = ["--platform", "pyemscripten_2026_0_wasm32", "--abi", "cp314"];

/**
 * MarkupSafe has no wheel for Pyodide on PyPI. In a wheel for another platform, its compiled part is optional: there,
 * MarkupSafe takes its part in Python.
 */
const OTHER_PLATFORM = [
  "--platform",
  "manylinux2014_x86_64",
  "--abi",
  "cp314",
  "MarkupSafe==3.0.4",
];

export interface Packages {
  /** The path of an archive (tar) with the packages. */
  readonly site: string;
  /** The path of the companion's wheel. */
  readonly companion: string;
}

/** Downloads the packages, unless an archive of the same ones exists. */
export async function ensurePackages(log: (line: string) => void): Promise<Packages> {
  const { python, wheel } = await ensureCompanion({ log });
  const requirements = join(import.meta.dirname, "requirements.txt");
  const standIn = join(import.meta.dirname, "orjson.py");
  const hash = createHash("sha256").update([...PLATFORM, ...OTHER_PLATFORM].join());
  for (const file of [requirements, standIn]) hash.update(await readFile(file));
  const folder = join(FOLDER, `shinylive-${hash.digest("hex").slice(0, 12)}`);
  const site = `${folder}.tar`;
  await mkdir(FOLDER, { recursive: true });
  const unlock = await takeLock(`${folder}.lock`, log);
  try {
    if (!existsSync(site)) {
      log("Downloading the packages of the apps in Pyodide");
      const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input"];
      pip.push("--progress-bar", "off", "--no-deps", "--no-compile", "--only-binary", ":all:");
      pip.push("--python-version", "3.14", "--implementation", "cp", "--target", folder);
      await rm(folder, { recursive: true, force: true });
      await run(python, [...pip, ...PLATFORM, "-r", requirements], log);
      await run(python, [...pip, ...OTHER_PLATFORM], log);
      await copyFile(standIn, join(folder, "orjson.py"));
      const archive = "import shutil, sys; shutil.make_archive(sys.argv[1], 'tar', sys.argv[2])";
      await run(python, ["-c", archive, `${folder}.new`, folder], log);
      await rename(`${folder}.new.tar`, site);
      await rm(folder, { recursive: true });
    }
  } finally {
    unlock();
  }
  return { site, companion: wheel };
}
