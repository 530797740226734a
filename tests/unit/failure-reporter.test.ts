/** Failures of widgets: each cause is reported once, and advice has one link. */
import { expect, test } from "vitest";
import { CommError } from "../../src/comm/errors.js";
import { FailureReporter } from "../../src/widgets/manager/failure-reporter.js";

function reporter(): [FailureReporter, Error[]] {
  const reported: Error[] = [];
  return [new FailureReporter((error) => reported.push(error)), reported];
}

const failure = (cause?: unknown) =>
  new CommError("WIDGET", "cannot show it", { comm_id: "c1", cause, advice: "Try again." });

test("a failure without a cause is reported each time", () => {
  const [failures, reported] = reporter();
  const error = failure();
  expect(failures.reportOnce(error)).toBe(error);
  failures.reportOnce(error);
  expect(reported).toEqual([error, error]);
});

test("a cause is reported once, and each failure names it", () => {
  const [failures, reported] = reporter();
  const cause = new Error("the cause");
  expect(failures.reportOnce(failure(cause)).message).toBe("cannot show it: the cause");
  expect(failures.reportOnce(failure(cause)).message).toBe("cannot show it: the cause");
  expect(reported).toHaveLength(1);
});

test("a primitive cause is reported each time", () => {
  const [failures, reported] = reporter();
  failures.reportOnce(failure("text"));
  failures.reportOnce(failure("text"));
  expect(reported.map(({ message }) => message)).toEqual([
    "cannot show it: text",
    "cannot show it: text",
  ]);
});

test("another version of the protocol is reported as such", () => {
  const [failures, reported] = reporter();
  const cause = new CommError("PROTOCOL_VERSION", "unsupported version");
  expect(failures.reportOnce(failure(cause)).message).toContain("cannot show it");
  expect(reported).toEqual([cause]);
});

test.each([
  ["of the failure", new Error("the cause"), /^Try again\. See \S+#widget\.$/],
  [
    "of the cause",
    new CommError("MODULE_LOAD", "cannot load it", { advice: "Load it." }),
    /^Load it\. See \S+#module_load\.$/,
  ],
])("the advice %s has one link", (_whose, cause, advice) => {
  const [failures, reported] = reporter();
  failures.reportOnce(failure(cause));
  expect((reported[0] as CommError).advice).toMatch(advice);
});
