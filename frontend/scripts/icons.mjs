// Puts the icons we use into one sprite: Tabler outlines by icons/icons.json, and our own shapes from icons/own.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tabler = join(root, "node_modules/@tabler/icons");
const target = join(root, "dist/icons.svg");

/** Return a symbol: the drawing without its <svg>, without Tabler's empty ground and without line ends. */
function symbol(name, source) {
  const box = /viewBox="([^"]+)"/.exec(source)?.[1];
  const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(source)?.[1];
  if (!box || !inner) throw new Error(`The icon ${name} is no drawing.`);
  const drawing = inner
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, "")
    .replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="${box}">${drawing}</symbol>`;
}

const chosen = JSON.parse(readFileSync(join(root, "icons/icons.json"), "utf8"));
const symbols = Object.entries(chosen).map(([name, file]) =>
  symbol(name, readFileSync(join(tabler, `icons/outline/${file}.svg`), "utf8")),
);
for (const file of readdirSync(join(root, "icons/own")).sort()) {
  symbols.push(symbol(file.replace(/\.svg$/, ""), readFileSync(join(root, "icons/own", file), "utf8")));
}
writeFileSync(target, `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`);
console.log(`icons.svg: ${symbols.length} icons`);

// The icon of the window stands outside every stylesheet, so its colours are written in from the tokens.
const tokens = readFileSync(join(root, "css/tokens.css"), "utf8");
const picture = readFileSync(join(root, "icons/app/icon.svg"), "utf8").replace(/var\((--lx-[\w-]+)\)/g, (_, name) => {
  const value = new RegExp(`${name}:\\s*(#\\w+);`).exec(tokens)?.[1];
  if (!value) throw new Error(`The token ${name} is unknown.`);
  return value;
});
writeFileSync(join(dirname(target), "icon.svg"), picture);

// Phones take pictures for their start screens. A mask may cut a fifth off each side, so that one's ground has no corners.
const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
await initWasm(readFileSync(join(root, "node_modules/@resvg/resvg-wasm/index_bg.wasm")));
for (const [name, width, drawing] of [
  ["icon-192.png", 192, picture],
  ["icon-512.png", 512, picture],
  ["icon-maskable.png", 512, picture.replace(/ rx="\d+"/, "")],
]) {
  writeFileSync(join(dirname(target), name), new Resvg(drawing, { fitTo: { mode: "width", value: width } }).render().asPng());
}
