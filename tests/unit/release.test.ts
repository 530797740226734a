/** `npm run release`, in another repository with the files of this one. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const TIMEOUT_MS = 120_000;
const NOTES = "## Unreleased\n\n- Something new.\n\n## 0.1.0 – 2020-01-02\n\nFirst version.\n";

let folder: string;
let first: string;

function run(command: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    // The release itself runs Vitest.
    env: { ...process.env, VITEST: undefined, NO_COLOR: "1", FORCE_COLOR: undefined },
  });
  return { status, output: stdout + stderr };
}
const git = (...args: string[]): string => {
  const { status, output } = run("git", ...args);
  if (status !== 0) throw new Error(output);
  return output.trim();
};
const release = (...args: string[]) =>
  run(process.execPath, join(folder, "scripts/release.mjs"), ...args);
const read = (file: string) => readFileSync(join(folder, file), "utf8");
const version = (file: string) => JSON.parse(read(file)).version as string;

/** Expects no change, commit or tag. */
function expectUntouched(): void {
  expect(git("status", "--porcelain")).toBe("");
  expect(git("rev-parse", "HEAD")).toBe(first);
  expect(git("tag")).toBe("");
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "shiny-comm-release-"));
  const listed = spawnSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  const inDist = (name: string) => name.startsWith("dist/");
  for (const name of listed.stdout.split("\0").filter((name) => name && !inDist(name))) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const file of ["package.json", "package-lock.json"]) {
    writeFileSync(
      join(folder, file),
      read(file).replace(/"version": "[^"]+"/, '"version": "0.1.0"'),
    );
  }
  writeFileSync(join(folder, "CHANGELOG.md"), `# Changelog\n\n${NOTES}`);
  git("init", "--quiet");
  git("config", "user.name", "A test");
  git("config", "user.email", "test@example.com");
  writeFileSync(join(folder, ".git/info/exclude"), "node_modules\n");
  git("add", "--all");
  git("commit", "--quiet", "--message", "All of it");
  first = git("rev-parse", "HEAD");
});

beforeEach(() => {
  git("reset", "--quiet", "--hard", first);
});

afterAll(() => rmSync(folder, { recursive: true }));

test("--dry-run prints the changes, and changes nothing", () => {
  const { status, output } = release("minor", "--dry-run");
  expect(output).toContain("0.1.0 → 0.2.0");
  expect(output).toContain("- Something new.");
  expect(output).not.toContain("First version.");
  expect(status).toBe(0);
  expectUntouched();
});

test.each([
  ["patch", "0.1.1"],
  ["minor", "0.2.0"],
  ["major", "1.0.0"],
  ["3.4.5-rc.1", "3.4.5-rc.1"],
  ["0.1.0", "0.1.0"],
])("%s of 0.1.0 is %s", (target, expected) => {
  expect(release(target, "--dry-run").output).toContain(`0.1.0 → ${expected}\n`);
});

test.each([[], ["next"], ["1.2"], ["patch", "minor"]])(
  "wrong arguments (%j) print the usage",
  (...args) => {
    const { status, output } = release(...args.flat());
    expect(status).toBe(2);
    expect(output).toContain("Usage:");
  },
);

test("a changed tree, an existing tag and an empty changelog prevent a release", () => {
  writeFileSync(join(folder, "README.md"), "changed");
  expect(release("patch", "--skip-checks")).toMatchObject({
    status: 1,
    output: expect.stringMatching(/not clean.*README\.md/s),
  });
  git("reset", "--quiet", "--hard");

  git("tag", "v0.1.1");
  expect(release("patch", "--skip-checks").output).toContain("The tag v0.1.1 exists.");
  git("tag", "--delete", "v0.1.1");

  writeFileSync(
    join(folder, "CHANGELOG.md"),
    "# Changelog\n\n## Unreleased\n\n## 0.1.0 – 2020-01-02\n",
  );
  expect(release("patch", "--skip-checks").output).toContain('has no text below "## Unreleased"');
  git("reset", "--quiet", "--hard");
  expectUntouched();
});

test(
  "a release whose build fails restores all files",
  () => {
    writeFileSync(join(folder, "src/index.ts"), "export {");
    git("commit", "--quiet", "--all", "--message", "Broken");
    const broken = git("rev-parse", "HEAD");
    expect(release("patch", "--skip-checks")).toMatchObject({ status: 1 });
    expect(git("status", "--porcelain")).toBe("");
    expect(git("rev-parse", "HEAD")).toBe(broken);
    expect(git("tag")).toBe("");
  },
  TIMEOUT_MS,
);

test(
  "a release is one commit with a tag: version, changelog and dist/",
  () => {
    const { status, output } = release("minor", "--skip-checks");
    expect(output).toContain("npm publish");
    expect(status, output).toBe(0);
    expect([version("package.json"), version("package-lock.json")]).toEqual(["0.2.0", "0.2.0"]);
    const today = new Date().toISOString().slice(0, 10);
    expect(read("CHANGELOG.md")).toBe(
      `# Changelog\n\n${NOTES.replace("## Unreleased", `## Unreleased\n\n## 0.2.0 – ${today}`)}`,
    );
    expect(read("r/DESCRIPTION")).toContain("\nVersion: 0.2.0\n");
    expect(read("r/NEWS.md")).toMatch(/^# shinycomm 0\.2\.0\n/);
    expect(git("log", "--format=%s", `${first}..`)).toBe("Release 0.2.0");
    expect(git("rev-list", "-1", "v0.2.0")).toBe(git("rev-parse", "HEAD"));
    expect(git("cat-file", "-t", "v0.2.0")).toBe("tag");
    expect(git("status", "--porcelain")).toBe("");
  },
  TIMEOUT_MS,
);
