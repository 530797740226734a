/** Semver ranges, as npm and Jupyter read them; a chunk of its own, as few pages need it. */
import maxSatisfying from "semver/ranges/max-satisfying.js";

/** The highest of the versions that satisfies a range, if one does. */
export function highest(versions: readonly string[], range: string): string | undefined {
  return maxSatisfying([...versions], range, { loose: true }) ?? undefined;
}
