// The names of page data: what handlers set, what templates draw, what templates/README.md explains. A
// name that is written otherwise in one of them draws nothing and says nothing.
//   data.mjs   prints offenders; 1 when there is one.
// Compares names alone, not where they stand in the tree.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { argumentsAt, filesBelow, root } from './sources.mjs';

const read = (file) => readFileSync(path.resolve(root, file), 'utf8');
const lineAt = (text, at) => text.slice(0, at).split('\n').length;

// A name that is explained: a word of the page that begins with a capital letter.
export function explained(text) {
  return new Set(text.match(/\b[A-Z][A-Za-z0-9]*\b/g));
}

// Those that a handler gives to tb_data_*: the second argument, where it is a constant.
export function namesSet(text) {
  return [...text.matchAll(/\btb_data_\w+\(/g)].flatMap((m) => {
    const [, second] = argumentsAt(text, m.index + m[0].length - 1).args;
    const name = second && text.slice(second.start, second.end).match(/^\s*"([A-Za-z][\w.]*)"\s*$/)?.[1];
    return (name?.split('.') ?? []).filter((part) => /^[A-Z]/.test(part))
      .map((part) => ({ name: part, line: lineAt(text, m.index) }));
  });
}

// Those that a template asks for: the parts of names in its tags, apart from what stands in quotes.
export function namesDrawn(text) {
  return [...text.matchAll(/<\?cs([\s\S]*?)\?>/g)].flatMap((m) => {
    if (m[1].trim().startsWith('#')) {
      return [];
    }
    const bare = m[1].replace(/"(?:[^"\\]|\\.)*"/g, '');
    const names = bare.match(/(?<![\w])[A-Z][A-Za-z0-9]*\b|(?<=\.)[A-Z][A-Za-z0-9]*\b/g) ?? [];
    return names.map((name) => ({ name, line: lineAt(text, m.index) }));
  });
}

function unexplained(files, namesOf, known) {
  return files.flatMap((file) => namesOf(read(file)).filter(({ name }) => !known.has(name))
    .map(({ name, line }) => `${file}:${line}: ${name}: not in templates/README.md`));
}

export function dataOffenders() {
  const known = explained(read('templates/README.md'));
  const handlers = [...filesBelow('cgi', /\.c$/), ...filesBelow('lib/web', /\.c$/)];

  return [
    ...unexplained(handlers, namesSet, known),
    ...unexplained(filesBelow('templates', /\.cs$/), namesDrawn, known),
  ];
}

if (process.argv[1] && path.resolve(process.argv[1]) === new URL(import.meta.url).pathname) {
  const offenders = dataOffenders();
  offenders.forEach((line) => console.log(line));
  process.exitCode = offenders.length > 0 ? 1 : 0;
}
