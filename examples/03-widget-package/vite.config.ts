/**
 * Two builds: for npm without the peer dependency, and for pages (`--mode page`) with all
 * dependencies.
 */
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
