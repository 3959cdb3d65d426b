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
