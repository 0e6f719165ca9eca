import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue()],
  test: { include: ["tests/**/*.test.ts"], setupFiles: ["tests/ground.ts"], environment: "node", maxWorkers: 1 },
});
