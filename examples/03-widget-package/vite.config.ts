/** Two builds: for npm, where the peers stay outside, and for pages (`--mode page`), with all that they need. */
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => ({
  build: {
    lib: { entry: "src/index.ts", formats: ["es"], fileName: "index" },
    outDir: mode === "page" ? "python/src/wave_pad/static" : "dist",
    emptyOutDir: true,
    minify: mode === "page",
    rollupOptions: {
      external: mode === "page" ? [] : ["shiny-comm", "@jupyter-widgets/base"],
      output: { chunkFileNames: "[name].js" },
    },
  },
  define: mode === "page" ? { "process.env.NODE_ENV": '"production"' } : {},
}));
