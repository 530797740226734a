/** The arithmetic of the benchmark: ratios, bars, exponents. */
import { expect, test } from "vitest";
import { exponent, inWords } from "../../bench/growth.mjs";
import { measureBoth } from "../../bench/measure.mjs";
import { table } from "../../bench/table.mjs";

type Better = "lower" | "higher";

interface Fake {
  better: Better;
  stock: number[];
  ours: number[];
  bar?: number;
  limit?: number;
}

/** Measures the given figures; `measuredClients` lists them in the order of measurement. */
async function measured({ better, stock, ours, limit, bar = limit ? undefined : 1 }: Fake) {
  const left = { stock: [...stock], "shiny-comm": [...ours] };
  const measuredClients: string[] = [];
  const results = await measureBoth(
    {} as never,
    {
      name: "fake",
      runs: stock.length,
      figures: { fake: { title: "a figure", unit: "ms", better, bar, limit } },
      measure: async (_bench: unknown, client: "stock" | "shiny-comm") => {
        measuredClients.push(client);
        const value = left[client].shift();
        if (value === undefined) throw new Error("no page");
        return { fake: value };
      },
    } as never,
    stock.length,
  );
  const [result] = results;
  if (!result) throw new Error("no result");
  return { result, measuredClients };
}

test("the ratio of times and the ratio of rates are both 2 when shiny-comm is twice as good", async () => {
  const times = await measured({ better: "lower", stock: [30, 10, 20], ours: [10, 5, 90] });
  expect(times.result.ratio).toBe(2);
  const rates = await measured({ better: "higher", stock: [10, 20, 30], ours: [40, 60, 1] });
  expect(rates.result.ratio).toBe(2);
});

test("the clients are measured in turn, and each is first as often as the other", async () => {
  const { measuredClients } = await measured({ better: "lower", stock: [1, 1], ours: [1, 1] });
  expect(measuredClients).toEqual(["stock", "shiny-comm", "shiny-comm", "stock"]);
});

test("a ratio equal to the bar meets the bar", async () => {
  const meetsBar = async (ours: number) =>
    (await measured({ better: "lower", stock: [15], ours: [ours], bar: 1.5 })).result.held;
  expect(await meetsBar(10)).toBe(true);
  expect(await meetsBar(10.1)).toBe(false);
});

test("a figure equal to its limit is within the limit, whatever the ratio", async () => {
  const within = (ours: number[]) =>
    measured({ better: "lower", stock: [1, 1, 1], ours, limit: 300 });
  const { result } = await within([1, 300, 900]);
  expect(result).toMatchObject({ held: true, limit: 300, bar: null });
  expect(table([result])).toContain("| ≤ 300 ms |  | yes |");
  expect((await within([1, 300.1, 900])).result.held).toBe(false);
  expect((await within([])).result.held).toBe(false);
});

test("a failed measurement misses its bar, and the table shows the cause", async () => {
  const { result } = await measured({ better: "lower", stock: [1], ours: [] });
  expect(result).toMatchObject({
    held: false,
    ratio: null,
    missing: "shiny-comm failed: no page",
  });
  expect(table([result])).toContain("| shiny-comm failed: no page |");
});

test("the exponent is the slope of the upper half of the curve, without the constant cost", () => {
  const sizes = [1, 2, 4, 8, 16, 32, 64, 128];
  const linear = sizes.map((size) => 5 * size);
  const quadratic = sizes.map((size) => 0.1 * size * size + 1);
  expect(inWords(exponent(sizes, linear))).toBe("linear");
  expect(exponent(sizes, linear)).toBeCloseTo(1, 6);
  expect(inWords(exponent(sizes, quadratic))).toBe("quadratic");
});
