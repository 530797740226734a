/** `npm run release -- patch|minor|major|X.Y.Z`: makes a release as a commit and a tag, and publishes nothing. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import semver from "semver";

const ROOT = join(fileURLToPath(import.meta.url), "../..");
const CHANGELOG = "CHANGELOG.md";
/** The files that a release changes. A failed release restores them. */
const CHANGED = [
  CHANGELOG,
  "package.json",
  "package-lock.json",
  "dist",
  "r/DESCRIPTION",
  "r/NEWS.md",
];
/** The heading of unreleased changes. The heading before the first release has its version. */
const UNRELEASED = /^## (?:\S+ – )?unreleased$/im;

const HELP = `Make a release: a commit and a tag. It publishes nothing, and prints the commands for that.

Usage: npm run release -- patch|minor|major|X.Y.Z [options]

  --dry-run       print the changes without making them
  --skip-checks   skip npm run check, for a commit that CI has passed
  --help          show this

On a clean tree, it runs npm run check, and gives the section "Unreleased" in CHANGELOG.md the version and
today's date. It sets the version in package.json and package-lock.json, and builds dist/. It also sets the
version of the R package, except for a pre-release. It checks the contents of the npm package, commits, and tags
the commit vX.Y.Z.
`;

/** A problem that the user can fix. */
class ReleaseError extends Error {}

/** A wrong option or argument. */
class UsageError extends Error {}

function main() {
  const { wanted, dryRun, skipChecks, help } = options();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const manifest = JSON.parse(read("package.json"));
  const version = nextVersion(manifest.version, wanted);
  const tag = `v${version}`;
  const changelog = released(read(CHANGELOG), version, today());

  if (output("git", "tag", "--list", tag)) throw new ReleaseError(`The tag ${tag} exists.`);
  const dirty = output("git", "status", "--porcelain");
  if (dirty) throw new ReleaseError(`The tree is not clean: commit these files first.\n${dirty}`);

  console.log(`${manifest.name} ${manifest.version} → ${version}\n\n${changelog.section}\n`);
  if (dryRun) {
    console.log(
      `Would change ${CHANGED.join(", ")}, commit "Release ${version}" and tag it ${tag}.`,
    );
    return;
  }
  if (!skipChecks) step("npm", "run", "check");
  const left = output("git", "status", "--porcelain");
  if (left) throw new ReleaseError(`The checks have changed the tree:\n${left}`);

  try {
    writeFileSync(join(ROOT, CHANGELOG), changelog.text);
    step("npm", "version", version, "--no-git-tag-version", "--allow-same-version");
    setVersionOfR(version);
    step("npm", "run", "build");
    step("npm", "run", "check:package");
    step("npx", "vitest", "run", "--project", "unit", "tests/unit/pack.test.ts");
    step("git", "add", "--all", "--", ...CHANGED);
    step("git", "commit", "--message", `Release ${version}`);
  } catch (error) {
    spawnSync("git", ["restore", "--staged", "--worktree", "--", ...CHANGED], { cwd: ROOT });
    spawnSync("git", ["clean", "--force", "-d", "--quiet", "--", "dist"], { cwd: ROOT });
    throw error;
  }
  step("git", "tag", "--annotate", tag, "--message", `${manifest.name} ${version}`);

  console.log(`
${tag} is a commit and a tag in this clone.

To undo the release:

  git tag --delete ${tag} && git reset --hard HEAD~1

To publish the release:

  git push --follow-tags
  npm publish
  python -m pip wheel --no-deps --wheel-dir wheels ./python && python -m twine upload wheels/*

To make the R package's tarball, a file of the release:

  (cd r && Rscript bootstrap.R) && R CMD build r`);
}

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        "dry-run": { type: "boolean", default: false },
        "skip-checks": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const [wanted = ""] = positionals;
    if (positionals.length !== 1 && !values.help) throw new Error("No version named.");
    const { "dry-run": dryRun, "skip-checks": skipChecks, help } = values;
    return { wanted, dryRun, skipChecks, help };
  } catch (error) {
    throw new UsageError(error.message);
  }
}

/** Returns the version of the release. @param {string} current @param {string} wanted a part to raise, or a version */
function nextVersion(current, wanted) {
  const version = semver.inc(current, wanted) ?? semver.valid(wanted);
  if (version === null) {
    throw new UsageError(`wrong version: expected patch, minor, major or 1.2.3, got "${wanted}"`);
  }
  return version;
}

/** Returns the changelog of the release, and its section for the version. */
function released(text, version, date) {
  const found = UNRELEASED.exec(text);
  if (!found) throw new ReleaseError(`${CHANGELOG} has no heading "## Unreleased".`);
  const rest = text.slice(found.index + found[0].length);
  const end = rest.search(/^## /m);
  const body = (end < 0 ? rest : rest.slice(0, end)).trim();
  if (!body) throw new ReleaseError(`${CHANGELOG} has no text below "${found[0]}".`);
  const section = `## ${version} – ${date}\n\n${body}`;
  const after = end < 0 ? "" : `\n${rest.slice(end)}`;
  return { section, text: `${text.slice(0, found.index)}## Unreleased\n\n${section}\n${after}` };
}

/** Sets the version of the R package. A pre-release has no version in R: the package keeps the last version. */
function setVersionOfR(version) {
  if (semver.prerelease(version)) return;
  const set = (file, pattern, text) =>
    writeFileSync(join(ROOT, file), read(file).replace(pattern, text));
  set("r/DESCRIPTION", /^Version: .*$/m, `Version: ${version}`);
  set("r/NEWS.md", /^# shinycomm \(development version\)$/m, `# shinycomm ${version}`);
}

function today() {
  return new Date().toISOString().slice(0, 10);
}

function read(file) {
  return readFileSync(join(ROOT, file), "utf8").replaceAll("\r\n", "\n");
}

function output(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new ReleaseError(`\`${command} ${args.join(" ")}\` failed:\n${stderr}`);
  return stdout.trimEnd();
}

function step(command, ...args) {
  const shell = process.platform === "win32";
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit", shell });
  if (status !== 0) throw new ReleaseError(`\`${command} ${args.join(" ")}\` failed.`);
}

try {
  main();
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${HELP}`);
    process.exitCode = 2;
  } else if (error instanceof ReleaseError) {
    console.error(error.message);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
