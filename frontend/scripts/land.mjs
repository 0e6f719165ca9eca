// Puts a finished build where it is served from, file by file over the old one, then removes what the old one alone had:
// whoever collects the files meanwhile never finds none. The worker's app lies in a folder of its own.
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const built = join(root, "dist");
const target = join(root, "../src/lianxin/faces/static_build");

const files = readdirSync(built);
mkdirSync(target, { recursive: true });
for (const name of files) renameSync(join(built, name), join(target, name));
for (const each of readdirSync(target, { withFileTypes: true })) {
  if (each.isFile() && !files.includes(each.name)) rmSync(join(target, each.name));
}
