// Makes the worker app's api.d.ts from the OpenAPI document: `npm run types`. With a path: from that file, to standard output.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const given = process.argv[2];

/** Let the product write its own document; it needs neither database nor server. */
function document() {
  const python = join(root, "../.venv/bin/python");
  const env = { ...process.env, PYTHONPATH: join(root, "../src"), LIANXIN_SECRET_KEY: "only-to-write-the-document" };
  const done = spawnSync(existsSync(python) ? python : "python3", ["-m", "lianxin", "openapi"], { cwd: join(root, ".."), env, maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(String(done.stderr));
  return String(done.stdout);
}

/** What the app asks for; the shapes of everything else would only change this file with every change of the API. */
const ASKED = /^\/api\/v1\/(pack|sync|files|sign-in|sign-out|me|sessions|inbox|cases\/\{number\})/;

/** Keep the paths the app asks for and the shapes they lead to. */
function narrowed(told) {
  const paths = Object.fromEntries(Object.entries(told.paths).filter(([path]) => ASKED.test(path)));
  const all = told.components.schemas;
  const kept = {};
  const follow = (part) => {
    if (typeof part !== "object" || part === null) return;
    const name = typeof part.$ref === "string" ? part.$ref.split("/").pop() : "";
    if (name && all[name] && !kept[name]) follow((kept[name] = all[name]));
    Object.values(part).forEach(follow);
  };
  follow(paths);
  const schemas = Object.fromEntries(Object.entries(kept).sort(([one], [other]) => (one < other ? -1 : 1)));
  // Its pages read shapes by name; how requests are made is the store's.
  return { ...told, paths: {}, components: { schemas } };
}

const told = narrowed(JSON.parse(given ? readFileSync(given, "utf8") : document()));
const lines = astToString(await openapiTS(told, { alphabetize: true, defaultNonNullable: false }));
const types = `// Made by \`npm run types\` from the OpenAPI document; not to be edited.\n${lines}`;
if (given) process.stdout.write(types);
else writeFileSync(join(root, "worker/src/api.d.ts"), types);
