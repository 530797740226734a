import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RETRY_DELAYS_MS, retried } from "../../src/util/retry.js";

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

it("what throws the same error again is not loaded once more", async () => {
  const load = vi.fn<() => Promise<string>>(() => Promise.reject(theSame));
  const theSame = new Error("gave up");
  const rejected = expect(retried(load)).rejects.toBe(theSame);
  await vi.runAllTimersAsync();
  await rejected;
  expect(load).toHaveBeenCalledTimes(2);
});

it("what another try cannot mend is loaded once", async () => {
  const load = vi.fn<() => Promise<string>>(() => Promise.reject(new Error("broken")));
  const mayPass = vi.fn(() => false);
  await expect(retried(load, mayPass)).rejects.toThrow("broken");
  expect(load).toHaveBeenCalledOnce();
  expect(mayPass).toHaveBeenCalledExactlyOnceWith(new Error("broken"));
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
  expect(tries).toBe(RETRY_DELAYS_MS.length + 1);
});
