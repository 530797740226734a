/** Two builds: for npm, where the peer stays outside, and for pages (`--mode page`), with all that they need. */
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => ({
  build: {
    lib: { entry: "src/index.ts", formats: ["es"], fileName: "index" },
    outDir: mode === "page" ? "python/src/wave_pad/static" : "dist",
    emptyOutDir: true,
    minify: mode === "page",
    rollupOptions: {
      external: mode === "page" ? [] : ["shiny-comm"],
      output: { chunkFileNames: "[name].js" },
    },
  },
}));
