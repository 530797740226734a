/** `npm run release -- patch|minor|major|X.Y.Z`: a release as a commit and a tag; it publishes nothing. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROOT = join(fileURLToPath(import.meta.url), "../..");
const CHANGELOG = "CHANGELOG.md";
/** What a release changes; all of it is as it was before when one fails. */
const CHANGED = [CHANGELOG, "package.json", "package-lock.json", "dist"];
/** The heading of what has not been released yet; the first had its version in it. */
const UNRELEASED = /^## (?:\S+ – )?unreleased$/im;

const HELP = `Make a release: a commit and a tag. It publishes nothing, and says how to.

Usage: npm run release -- patch|minor|major|X.Y.Z [options]

  --dry-run       say what would be done, and change nothing
  --skip-checks   for a commit that CI has passed: leave out npm run check
  --help          show this

On a clean tree it runs npm run check; moves what stands under "Unreleased" in CHANGELOG.md under a
heading with the version and today's date; sets the version in package.json and package-lock.json;
builds dist/; checks the contents of the package; commits, and tags the commit vX.Y.Z.
`;

/** Something that the person who makes the release can put right. */
class ReleaseError extends Error {}

/** A mistake in how the command was called. */
class UsageError extends Error {}

function main() {
  const { asked, dryRun, skipChecks, help } = options();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const manifest = JSON.parse(read("package.json"));
  const version = nextVersion(manifest.version, asked);
  const tag = `v${version}`;
  const changelog = released(read(CHANGELOG), version, today());

  if (output("git", "tag", "--list", tag))
    throw new ReleaseError(`The tag ${tag} is there already.`);
  const dirty = output("git", "status", "--porcelain");
  if (dirty) throw new ReleaseError(`The tree is not clean: commit these first.\n${dirty}`);

  console.log(`${manifest.name} ${manifest.version} → ${version}\n\n${changelog.section}\n`);
  if (dryRun) {
    console.log(
      `Would change ${CHANGED.join(", ")}, commit "Release ${version}" and tag it ${tag}.`,
    );
    return;
  }
  if (!skipChecks) step("npm", "run", "check");
  // They install nothing, but may leave something behind.
  const left = output("git", "status", "--porcelain");
  if (left) throw new ReleaseError(`The checks have changed the tree:\n${left}`);

  try {
    writeFileSync(join(ROOT, CHANGELOG), changelog.text);
    // npm knows the places in the lock file.
    step("npm", "version", version, "--no-git-tag-version", "--allow-same-version");
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
${tag} is a commit and a tag here, and nowhere else yet. To undo it:
  git tag --delete ${tag} && git reset --hard HEAD~1
To publish it:
  git push --follow-tags
  npm publish
  python -m pip wheel --no-deps --wheel-dir wheels ./python && python -m twine upload wheels/*`);
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
    const [asked = ""] = positionals;
    if (positionals.length !== 1 && !values.help) throw new Error("Which version?");
    const { "dry-run": dryRun, "skip-checks": skipChecks, help } = values;
    return { asked, dryRun, skipChecks, help };
  } catch (error) {
    throw new UsageError(error.message);
  }
}

/** @param {string} current @param {string} asked a part of it to raise, or a version */
function nextVersion(current, asked) {
  const [major, minor, patch] = current.split(/[.-]/).map(Number);
  switch (asked) {
    case "major":
      return `${major + 1}.0.0`;
    case "minor":
      return `${major}.${minor + 1}.0`;
    case "patch":
      // A pre-release comes before the version that it is of.
      return current.includes("-")
        ? `${major}.${minor}.${patch}`
        : `${major}.${minor}.${patch + 1}`;
  }
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(asked)) {
    throw new UsageError(`"${asked}" is neither patch, minor, major nor a version like 1.2.3.`);
  }
  return asked;
}

/** The changelog with the version in it, and what now stands under the version. */
function released(text, version, date) {
  const found = UNRELEASED.exec(text);
  if (!found) throw new ReleaseError(`${CHANGELOG} has no heading "## Unreleased".`);
  const rest = text.slice(found.index + found[0].length);
  const end = rest.search(/^## /m);
  const body = (end < 0 ? rest : rest.slice(0, end)).trim();
  if (!body) throw new ReleaseError(`${CHANGELOG} says nothing under "${found[0]}".`);
  const section = `## ${version} – ${date}\n\n${body}`;
  const after = end < 0 ? "" : `\n${rest.slice(end)}`;
  return { section, text: `${text.slice(0, found.index)}## Unreleased\n\n${section}\n${after}` };
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
