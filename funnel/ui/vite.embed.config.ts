import { defineConfig } from "vite";

// The script that websites load: one small file, for browsers of the last years.
export default defineConfig({
  publicDir: false,
  build: {
    target: "es2020",
    reportCompressedSize: false,
    lib: { entry: "embed/v1.js", formats: ["iife"], name: "_", fileName: () => "v1.js" },
  },
});
