// Makes the folder that the web server serves: node build.mjs [FOLDER]. Copies the pinned libraries
// and our own files as they are (no bundler) and builds one sprite of the icons in icons/icons.txt.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");

const copies = {
  "tabler.min.css": join(modules, "@tabler/core/dist/css/tabler.min.css"),
  "htmx.min.js": join(modules, "htmx.org/dist/htmx.min.js"),
  "tollbook.css": join(here, "css/tollbook.css"),
  "tollbook.js": join(here, "js/tollbook.js"),
  "favicon.svg": join(here, "icons/favicon.svg"),
};

// The mark of the product is drawn in the colours of the theme, so it stands in the sprite too.
const brand =
  '<symbol id="brand" viewBox="0 0 20 20"><rect width="20" height="20" rx="5" stroke="none" ' +
  'fill="currentColor"/><path d="M6 4v12M9 7h5.5M9 10h4M9 13h5.5"/></symbol>';

function iconNames() {
  const lines = readFileSync(join(here, "icons/icons.txt"), "utf8").split("\n");
  return lines.filter((line) => line && !line.startsWith("#")).map((line) => line.split(" "));
}

// Tabler's file holds an invisible bounding path first; the rest is what is drawn.
function symbol([name, tablerName]) {
  const file = join(modules, "@tabler/icons/icons/outline", `${tablerName}.svg`);
  const paths = readFileSync(file, "utf8").match(/<path[^>]*>/g) ?? [];
  const drawn = paths.filter((path) => !path.includes('stroke="none"'));
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawn.join("")}</symbol>`;
}

const target = process.argv[2] ?? join(here, "../.build/static");
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const [name, source] of Object.entries(copies)) {
  copyFileSync(source, join(target, name));
}
const symbols = [brand, ...iconNames().map(symbol)].join("\n");
writeFileSync(
  join(target, "icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols}\n</svg>\n`,
);
