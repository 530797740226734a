/** Semver ranges, as npm and Jupyter read them: a separate chunk, as few pages need it. */
import maxSatisfying from "semver/ranges/max-satisfying.js";

/** Returns the highest version that satisfies a range, or `undefined`. */
export function highest(versions: readonly string[], range: string): string | undefined {
  return maxSatisfying([...versions], range, { loose: true }) ?? undefined;
}
