// The template lint: refuses what would get past the escaping, the content security policy or the
// translation. node lint.mjs [FOLDER OF TEMPLATES]; prints file:line: reason, exits 1 on any.
//
// It reads a template twice: as ClearSilver tags, and as the HTML around them, where each tag is
// replaced by a mark so that lines and places stay. Best effort, not a parser: a template that
// confuses it should be written more plainly.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, "../../templates");
const iconLines = readFileSync(join(here, "../../static/icons/icons.txt"), "utf8").split("\n");
const icons = new Set(["brand", ...iconLines.map((line) => line.split(" ")[0])]);

const MARK = "\u0001"; // where a ClearSilver tag was
const PRINTS = "\u0002"; // where one was that prints a value
const BOOLEANS = /^(checked|disabled|selected|hidden|autofocus)$/;
const SPOKEN = /^(aria-label|title|placeholder|alt|label)$/;

let findings = 0;

function report(file, source, at, reason) {
  const line = source.slice(0, at).split("\n").length;
  console.log(`${relative(process.cwd(), file)}:${line}: ${reason}`);
  findings++;
}

const tagRules = [
  [/^(uvar|lvar|evar|linclude|alt|escape)\b/, (m) => `${m[1]}: prints or parses a value unescaped`],
  [/^set:/, () => "set: page data is read only while it is drawn (lib/web/page.c)"],
  [/^name:/, () => "name: prints a node name unescaped; use var:name(...)"],
  [/^include:/, () => 'include without "!": a missing file would go unnoticed'],
  [/^include!(?!"[\w\/.]+\.cs"$)/, () => "include of something other than a literal .cs name"],
  [/_escape\s*\([^)]*\)\s*\+|\+\s*\w+_escape\s*\(/, () => "escape function inside a concatenation: the rest would be raw"],
  [/\b_\((?!"(?:[^"\\]|\\.)*"\))/, () => '_() with anything but one literal: it could not be extracted'],
];

// Names of icons, and words for people that were handed to a macro without _().
function lintCall(file, source, at, tag) {
  for (const [, name] of tag.matchAll(/\bicon\("([^"]*)"\)/g)) {
    if (!icons.has(name)) {
      report(file, source, at, `icon "${name}" is not in static/icons/icons.txt`);
    }
  }
  const bare = tag.replace(/_\("(?:[^"\\]|\\.)*"\)/g, "");
  const word = bare.match(/"(\p{Lu}[^"]*)"/u);
  if (tag.startsWith("call:") && word) {
    report(file, source, at, `text "${word[1]}" is not in _()`);
  }
}

// Checks the tags and returns the HTML with every tag replaced by as many marks and line ends.
function lintTags(file, source) {
  return source.replace(/<\?cs([\s\S]*?)\?>/g, (whole, inner, at) => {
    const tag = inner.trim();
    if (!tag.startsWith("#")) {
      for (const [pattern, reason] of tagRules) {
        const match = tag.match(pattern);
        if (match) {
          report(file, source, at, reason(match));
        }
      }
      lintCall(file, source, at, tag);
    }
    const mark = /^var:/.test(tag) ? PRINTS : MARK;
    return whole.replace(/[^\n]/g, mark);
  });
}

function lintAttribute(file, source, at, name, value) {
  if (/^on/i.test(name)) {
    report(file, source, at, `${name}: inline script`);
  }
  if (/^style$/i.test(name)) {
    report(file, source, at, "style attribute");
  }
  if (/^\s*(javascript|data):/i.test(value) && /^(href|src|action)$/i.test(name)) {
    report(file, source, at, `${name} with a scheme that runs`);
  }
  if (SPOKEN.test(name) && /\p{L}/u.test(value)) {
    report(file, source, at, `text "${value.replace(/[\u0001\u0002]+/g, " ").trim()}" is not in _()`);
  }
}

// One HTML tag: every value quoted, no value printed where a name belongs.
function lintElement(file, source, html, start, end) {
  const element = html.slice(start, end);
  const name = (element.match(/^<\/?([a-z][a-z0-9]*)/i) ?? ["", ""])[1].toLowerCase();
  const attribute = /([^\s"'<>\/=\u0001\u0002]+)\s*=\s*("[^"]*"|'[^']*'|[^\s>]*)/g;
  for (const match of element.matchAll(attribute)) {
    const at = start + match.index;
    const quoted = /^["']/.test(match[2]);
    if (!quoted) {
      report(file, source, at, `value of ${match[1]} is not quoted`);
    }
    lintAttribute(file, source, at, match[1], quoted ? match[2].slice(1, -1) : match[2]);
  }
  if (element.replace(/"[^"]*"|'[^']*'/g, "").includes(PRINTS)) {
    report(file, source, start, "value printed outside of a quoted attribute");
  }
  if (name === "style") {
    report(file, source, start, "inline style sheet");
  }
  if (name === "script" && element[1] !== "/" && !/\ssrc\s*=/.test(element)) {
    report(file, source, start, "inline script");
  }
  return name;
}

// Text between elements. Macros that print attributes or classes look like text here.
function lintText(file, source, at, text, inside) {
  const words = text
    .replace(/[a-z][\w:-]*="[^"]*"/g, " ")
    .replace(/&\w+;/g, " ")
    .split(/[\s\u0001\u0002]+/)
    .filter((word) => /\p{L}/u.test(word) && !/^(tb-|btn)/.test(word) && !BOOLEANS.test(word));
  const said = words.filter((word) => word !== "Tollbook" && !/^e-$|^h-$/.test(word));
  if (said.length > 0 && inside !== "kbd") {
    const first = text.indexOf(said[0]);
    report(file, source, at + first, `text "${said.join(" ")}" is not in _()`);
  }
}

function lintHtml(file, source, html) {
  // A tag ends at the first ">" outside of quotes.
  const element = /<[\/!]?[a-z](?:"[^"]*"|'[^']*'|[^"'>])*>/gi;
  let last = 0;
  let inside = "";
  for (const match of html.matchAll(element)) {
    lintText(file, source, last, html.slice(last, match.index), inside);
    inside = lintElement(file, source, html, match.index, match.index + match[0].length);
    inside = match[0][1] === "/" ? "" : inside;
    last = match.index + match[0].length;
  }
  lintText(file, source, last, html.slice(last), inside);
}

function templates(path) {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const full = join(path, entry.name);
    return entry.isDirectory() ? templates(full) : entry.name.endsWith(".cs") ? [full] : [];
  });
}

const files = templates(folder);
for (const file of files) {
  const source = readFileSync(file, "utf8");
  lintHtml(file, source, lintTags(file, source));
}
console.log(`${files.length} templates, ${findings} findings`);
process.exit(findings > 0 ? 1 : 0);
