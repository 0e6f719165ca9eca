import { createHash } from "node:crypto";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin, type Rollup } from "vite";

type OutputChunk = Rollup.OutputChunk;

const here = import.meta.dirname;
const LARGE = 100_000; // characters

/** Write build.json: what the shell links, and what the service worker keeps (`files` at once, `later` when idle). */
function listing(): Plugin {
  return {
    name: "lianxin-listing",
    // After all others: Vite itself still takes away chunks that held nothing but styles.
    generateBundle: { order: "post", handler(_, bundle) {
      const outputs = Object.values(bundle);
      const app = outputs.find((each) => each.type === "chunk" && each.isEntry && each.name === "app");
      if (app?.type !== "chunk") throw new Error("The build has no entry named app.");
      // The first page comes with the shell: else a phone would ask for it only after it has read the app.
      const first = outputs.find((each) => each.type === "chunk" && each.facadeModuleId?.endsWith("/pages/today.vue"));
      const needed = new Set<OutputChunk>();
      const need = (chunk: typeof first): void => {
        if (chunk?.type !== "chunk" || needed.has(chunk)) return;
        needed.add(chunk);
        for (const name of chunk.imports) need(bundle[name]);
      };
      need(app);
      need(first);
      // The app must be whole before a version counts as there, but for the few large parts that one page alone needs.
      const later = outputs.filter((each) => each.type === "chunk" && !needed.has(each) && each.code.length > LARGE).map((each) => each.fileName);
      const files = outputs.map((each) => each.fileName).filter((name) => !later.includes(name) && name !== "sw.js");
      const version = createHash("sha256");
      for (const each of outputs) version.update(each.fileName + (each.type === "chunk" ? each.code : String(each.source)));
      const css = [...needed].flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])]);
      const preload = [...needed].filter((chunk) => chunk !== app).map((chunk) => chunk.fileName);
      this.emitFile({
        type: "asset",
        fileName: "build.json",
        source: JSON.stringify({ app: app.fileName, css: [...new Set(css)], preload, files, later, version: version.digest("hex").slice(0, 12) }),
      });
    } },
  };
}

/** Vant's icon font is a data: address that the page's policy refuses, and names a foreign host: leave both out. */
function withoutIconFont(): Plugin {
  return {
    name: "lianxin-without-icon-font",
    enforce: "pre",
    load: (id) => (/vant[/\\]es[/\\]icon[/\\]index\.css$/.test(id) ? "" : null),
  };
}

// Names carry a hash of the content, since chunks name each other; Django serves them under these names for ever.
export default defineConfig({
  root: here,
  base: "./",
  publicDir: false,
  plugins: [withoutIconFont(), vue(), listing()],
  define: { __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
  build: {
    outDir: "../../src/lianxin/faces/static_build/worker",
    emptyOutDir: true,
    target: ["chrome87", "firefox78", "safari14"],
    cssTarget: ["chrome87", "firefox78", "safari14"],
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1400,
    rollupOptions: {
      input: { app: `${here}/src/main.ts`, sw: `${here}/src/sw.ts` },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "[name]-[hash].js"),
        chunkFileNames: (chunk) => `${chunk.name.split(".")[0]}-[hash].js`,
        // What pages are made of is one file: a dozen small ones cost a slow phone more than their bytes.
        manualChunks: (id) => (/worker\/src\/parts\/(?!pin-map)|node_modules\/vant/.test(id) ? "core" : undefined),
        assetFileNames: (asset) => (asset.names.some((name) => name.endsWith(".mjs")) ? "[name]-[hash].js" : "[name]-[hash][extname]"),
      },
    },
  },
});
