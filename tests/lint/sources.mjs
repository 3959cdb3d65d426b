// What the checkers of this folder look at, and how the compiler is asked about it.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export function filesBelow(folder, pattern) {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      return entry.name === 'node_modules' ? [] : filesBelow(file, pattern);
    }
    return pattern.test(entry.name) ? [file] : [];
  });
}

// lib/db is left out: it defines what is looked for.
export const sourceFiles = () => [
  ...filesBelow('lib', /\.c$/).filter((file) => !file.startsWith('lib/db/')),
  ...filesBelow('cgi', /\.c$/),
];

// As the Makefile's OWN has them.
export const compilerFlags = () => [
  '-std=c11', '-D_GNU_SOURCE', '-Ilib', '-I.build', '-isystem', '/usr/include/libxml2',
  '-isystem', '/usr/include/ClearSilver', '-include', 'lib/base/banned.h',
  '-DTB_DATADIR=""', '-DTB_BINDIR=""', '-DTB_SYSCONFDIR=""',
];

// A string or a character constant from `at` on: where it ends.
function literalEnd(text, at) {
  const quote = text[at];
  let end = at + 1;
  while (text[end] !== quote) {
    end += text[end] === '\\' ? 2 : 1;
  }
  return end + 1;
}

// The arguments of the call whose bracket opens at `open`, and where it closes.
export function argumentsAt(text, open) {
  const args = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < text.length; at += 1) {
    const c = text[at];
    if (c === '"' || c === "'") {
      at = literalEnd(text, at) - 1;
    } else if ('([{'.includes(c)) {
      depth += 1;
    } else if (')]}'.includes(c)) {
      depth -= 1;
      if (depth === 0) {
        args.push({ start, end: at });
        return { args, close: at };
      }
    } else if (c === ',' && depth === 1) {
      args.push({ start, end: at });
      start = at + 1;
    }
  }
  throw new Error('a call that does not end');
}
