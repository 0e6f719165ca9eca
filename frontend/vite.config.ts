import { defineConfig } from "vite";

// File names are fixed: Django's static storage adds the content hash and templates name the files plainly.
// Built aside; scripts/land.mjs puts it where it is served from.
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: ["chrome87", "firefox78", "safari14"],
    cssTarget: ["chrome87", "firefox78", "safari14"],
    modulePreload: false,
    cssCodeSplit: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1400,
    rollupOptions: {
      input: { console: "src/console.ts", resident: "src/resident.ts", lx: "css/lx.css", "lx-resident": "css/lx-resident.css", screen: "src/screen.ts" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: (asset) => (asset.names.some((name) => name.endsWith(".mjs")) ? "[name].js" : "[name][extname]"),
        manualChunks: (id) => {
          if (id.includes("node_modules/htmx.org")) return "htmx";
          if (id.includes("node_modules/maplibre-gl")) return "maplibre";
          return undefined;
        },
      },
    },
  },
});
