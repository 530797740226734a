import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RETRIES_MS, retried } from "../../src/retry.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("what fails for a moment is loaded in the end", async () => {
  const load = vi.fn<() => Promise<string>>();
  load.mockRejectedValueOnce(new Error("cut")).mockRejectedValueOnce(new Error("cut"));
  load.mockResolvedValue("loaded");
  const result = retried(load);
  await vi.runAllTimersAsync();
  expect(await result).toBe("loaded");
  expect(load).toHaveBeenCalledTimes(3);
});

it("what goes on failing throws its last error, after five tries", async () => {
  let tries = 0;
  const result = retried(async () => {
    tries += 1;
    throw new Error(`try ${tries}`);
  });
  const rejected = expect(result).rejects.toThrow("try 5");
  await vi.runAllTimersAsync();
  await rejected;
  expect(tries).toBe(RETRIES_MS.length + 1);
});
