import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RETRY_DELAYS_MS, retried } from "../../src/util/retry.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("retried returns the value after two failed tries", async () => {
  const load = vi.fn<() => Promise<string>>();
  load.mockRejectedValueOnce(new Error("cut")).mockRejectedValueOnce(new Error("cut"));
  load.mockResolvedValue("loaded");
  const result = retried(load);
  await vi.runAllTimersAsync();
  expect(await result).toBe("loaded");
  expect(load).toHaveBeenCalledTimes(3);
});

it("retried stops when a try throws the same error object again", async () => {
  const load = vi.fn<() => Promise<string>>(() => Promise.reject(sameError));
  const sameError = new Error("gave up");
  const rejected = expect(retried(load)).rejects.toBe(sameError);
  await vi.runAllTimersAsync();
  await rejected;
  expect(load).toHaveBeenCalledTimes(2);
});

it("retried does not retry an error that cannot pass", async () => {
  const load = vi.fn<() => Promise<string>>(() => Promise.reject(new Error("broken")));
  const mayPass = vi.fn(() => false);
  await expect(retried(load, mayPass)).rejects.toThrow("broken");
  expect(load).toHaveBeenCalledOnce();
  expect(mayPass).toHaveBeenCalledExactlyOnceWith(new Error("broken"));
});

it("retried throws the last error after five tries", async () => {
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
