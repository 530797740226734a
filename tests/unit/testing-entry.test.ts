/** The exports of `shiny-comm/testing`, and their size in bundles. */
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { expect, it } from "vitest";
import * as testing from "../../src/testing/index.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

async function bundle(contents: string): Promise<{ text: string; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    absWorkingDir: root,
    logLevel: "error",
  });
  return { text: outputFiles[0]?.text ?? "", metafile };
}

it("shiny-comm/testing exports these names", () => {
  expect(Object.keys(testing).sort()).toEqual([
    "CommError",
    "ServerComm",
    "ServerCommManager",
    "ServerWidget",
    "amdDependency",
    "anywidgetState",
    "classicState",
    "createShiny",
    "isCommError",
    "loadClient",
    "putBuffers",
    "pythonJson",
    "removeBuffers",
  ]);
});

it("an unused import of shiny-comm/testing adds nothing to a bundle", async () => {
  expect((await bundle(`import "./src/testing/index.ts"`)).text).toBe("");
});

it("a bundle includes only the used modules of shiny-comm/testing", async () => {
  const { metafile } = await bundle(`export { removeBuffers } from "./src/testing/index.ts"`);
  const parts = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  expect(parts.map(([path]) => path).filter((path) => path.startsWith("src/testing/"))).toEqual([
    "src/testing/state-buffers.ts",
  ]);
});

it("the main entry does not include shiny-comm/testing", async () => {
  const { metafile } = await bundle(`export * from "./src/index.ts"`);
  const paths = Object.keys(metafile.inputs);
  expect(paths).toContain("src/index.ts");
  expect(paths.filter((path) => path.startsWith("src/testing/"))).toEqual([]);
});
