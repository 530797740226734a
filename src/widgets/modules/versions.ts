/** Semver ranges, as npm and Jupyter read them. A separate chunk, because few pages use it. */
import maxSatisfying from "semver/ranges/max-satisfying.js";

/** Returns the highest version that satisfies a range, or `undefined`. */
export function findHighest(versions: readonly string[], range: string): string | undefined {
  return maxSatisfying([...versions], range, { loose: true }) ?? undefined;
}
