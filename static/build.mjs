// Makes the folder that the web server serves: node build.mjs [FOLDER]. Copies the pinned libraries
// and our own files as they are (no bundler), but for Tabler's style sheet, of which the templates
// use a twentieth: only the rules for what stands in them are kept. Builds one sprite of the icons in
// icons/icons.txt. Beside each file lies the same compressed, for web servers that send that.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { PurgeCSS } from "purgecss";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const target = process.argv[2] ?? join(here, "../.build/static");

const copies = {
  "htmx.min.js": join(modules, "htmx.org/dist/htmx.min.js"),
  "tollbook.css": join(here, "css/tollbook.css"),
  "tollbook.js": join(here, "js/tollbook.js"),
  "favicon.svg": join(here, "icons/favicon.svg"),
};

// The mark of the product is drawn in the colours of the theme, so it stands in the sprite too.
const brand =
  '<symbol id="brand" viewBox="0 0 20 20"><rect width="20" height="20" rx="5" stroke="none" ' +
  'fill="currentColor"/><path d="M6 4v12M9 7h5.5M9 10h4M9 13h5.5"/></symbol>';

// A word of a template or a script may be a class: what is named nowhere goes. Tabler's variables that
// our own style sheet reads stay too. Our classes ("tb-...") are the only ones that C names.
async function tablerStyles() {
  const own = readFileSync(copies["tollbook.css"], "utf8");
  const [result] = await new PurgeCSS().purge({
    css: [join(modules, "@tabler/core/dist/css/tabler.min.css")],
    content: [join(here, "../templates/**/*.cs"), join(here, "js/*.js")],
    variables: true,
    keyframes: true,
    fontFace: true,
    dynamicAttributes: ["data-bs-theme"],
    safelist: { variables: own.match(/--tblr-[\w-]+/g) },
  });
  return result.css;
}

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

function put(name, content) {
  writeFileSync(join(target, `${name}.gz`), gzipSync(content, { level: 9 }));
  writeFileSync(join(target, `${name}.br`), brotliCompressSync(content));
  writeFileSync(join(target, name), content);
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const [name, source] of Object.entries(copies)) {
  put(name, readFileSync(source));
}
put("tabler.min.css", await tablerStyles());
const symbols = [brand, ...iconNames().map(symbol)].join("\n");
put("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols}\n</svg>\n`);
