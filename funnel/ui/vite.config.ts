import locales from "@react-aria/optimize-locales-plugin";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `./run ui` serves the app from here and asks a running Funnel for the rest.
const funnel = process.env.FUNNEL_URL ?? "http://127.0.0.1:8000";
const served = ["/api", "/static", "/app/login", "/app/logout", "^/app/mailbox/[0-9]+/html$"];

export default defineConfig({
  base: "/app/",
  plugins: [
    react(),
    tailwindcss(),
    // Without it the texts of React Aria come in thirty languages.
    { ...locales.vite({ locales: ["en-US", "fr-FR"] }), enforce: "pre" },
  ],
  build: { assetsInlineLimit: 0, target: "es2022", cssTarget: "chrome123", reportCompressedSize: false },
  server: {
    host: "127.0.0.1",
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(served.map((path) => [path, funnel])),
  },
});
