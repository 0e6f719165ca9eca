// Removes what an earlier build of the console and the residents' pages left; the worker's app lies in a folder of its own.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const target = join(dirname(fileURLToPath(import.meta.url)), "../../src/lianxin/faces/static_build");
if (existsSync(target)) {
  for (const each of readdirSync(target, { withFileTypes: true })) if (each.isFile()) rmSync(join(target, each.name));
}
