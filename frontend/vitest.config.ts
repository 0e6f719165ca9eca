import { defineConfig } from "vitest/config";

// What of the pages' scripts is arithmetic: measures, addresses, what a drawing makes. The rest is tried in Chromium.
export default defineConfig({
  root: import.meta.dirname,
  test: { include: ["tests/**/*.test.ts"], environment: "node", maxWorkers: 1 },
});
