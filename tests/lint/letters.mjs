// The letters of tb_db_exec, tb_db_int and tb_db_query against their arguments: how many there are, of
// which C type each is (a wrong one reads garbage from the stack, and no compiler says so), and how many
// parameters the statement has, where its text is a constant of the file.
//   letters.mjs [FILE.c...]   without files: all of lib/ and cgi/. Prints offenders; 1 when there is one.
// Looks at the preprocessed text, so that macros hide nothing. Statements that are put together while
// the program runs are counted there, by lib/db.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { argumentsAt, compilerFlags, root, sourceFiles } from './sources.mjs';

// Where the statement stands among a call's arguments; its letters come next.
const CALLS = { tb_db_exec: 2, tb_db_int: 3, tb_db_query: 3 };

const TYPES = {
  i: ['long'],
  t: ['char *', 'const char *', 'void *'],
  I: ['long *', 'const long *'],
};

const isLiteral = (text) => /^\s*"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*\s*$/.test(text);

// The text of adjacent string constants; escapes do not matter for what is asked of it.
const literalText = (text) => [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((m) => m[1]).join('');

// The constants of the file, and of its functions.
function constants(text) {
  const pattern = /^( *)static\s+const\s+char\s+(\w+)\[\]\s*=\s*((?:"(?:[^"\\]|\\.)*"\s*)+);/gm;
  return [...text.matchAll(pattern)].map((m) => (
    { name: m[2], at: m.index, isLocal: m[1] !== '', statement: literalText(m[3]) }
  ));
}

// What the name stands for at `at`; undefined where it is no constant.
function statementAt(own, known, name, at) {
  const isSeen = (c) => !c.isLocal || !own.slice(c.at, at).includes('\n}');
  return known.filter((c) => c.name === name && c.at < at && isSeen(c)).at(-1)?.statement;
}

// The letters of an argument; of `a ? "itt" : "it"` the longer ones, which the others begin.
function lettersIn(text) {
  const words = text.match(/^[^"]*\?\s*("\w*")\s*:\s*("\w*")$/)?.slice(1) ?? [text];
  if (!words.every(isLiteral)) {
    return null;
  }
  const [long, short = ''] = words.map(literalText).sort((a, b) => b.length - a.length);
  return long.startsWith(short) ? { long, count: words.length } : null;
}

// The highest ?N outside of quotes.
function parameterCount(sql) {
  const bare = sql.replace(/'(?:[^']|'')*'/g, "''");
  return Math.max(0, ...[...bare.matchAll(/\?(\d+)/g)].map((m) => Number(m[1])));
}

function preprocessed(file, flags) {
  const text = execFileSync('gcc', ['-E', ...flags, file], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  const at = text.lastIndexOf(`# 1 "${file}"`);
  return { before: text.slice(0, at), own: text.slice(at) };
}

// Which line of the file stands at `at`, by the preprocessor's own marks.
function lineAt(text, at) {
  let line = 0;
  for (const piece of text.slice(0, at).split('\n')) {
    const mark = piece.match(/^# (\d+) "/);
    line = mark ? Number(mark[1]) - 1 : line + 1;
  }
  return line;
}

function checkCall(call, known, complain) {
  const { args, name, own } = call;
  const text = (arg) => own.slice(arg.start, arg.end);
  const place = CALLS[name];
  const given = args[place + 1] ? text(args[place + 1]).trim() : '';
  const letters = lettersIn(given);
  const wraps = [];

  if (letters === null) {
    complain(`letters are no constant: ${given}`);
    return wraps;
  }
  const word = letters.long;
  const rest = args.slice(place + 2);
  const wanted = [...word].filter((letter) => letter !== 'n');
  const sql = text(args[place]).trim();
  const statement = isLiteral(sql) ? literalText(sql) : statementAt(own, known, sql, call.index);

  if (/[^itnI]/.test(word)) {
    complain(`"${word}": no such letter`);
  }
  if (wanted.length !== rest.length) {
    complain(`"${word}" for ${rest.length} arguments`);
    return wraps;
  }
  if (statement !== undefined && parameterCount(statement) !== word.length) {
    complain(`"${word}" for a statement of ${parameterCount(statement)} parameters`);
  }
  rest.forEach((arg, i) => wraps.push({ ...arg, letter: wanted[i] }));
  return wraps;
}

function calls(own) {
  const pattern = new RegExp(`\\b(${Object.keys(CALLS).join('|')})\\(`, 'g');
  return [...own.matchAll(pattern)].map((m) => {
    const open = m.index + m[0].length - 1;
    return { name: m[1], index: m.index, own, ...argumentsAt(own, open) };
  }).filter(({ args }) => !own.slice(args[0].start, args[0].end).startsWith('struct ')); // db.h's own
}

// Each argument in a _Generic of the types that its letter stands for: the compiler says which is none.
function typeErrors(file, before, own, wraps, flags) {
  let text = own;
  for (const { start, end, letter } of [...wraps].sort((a, b) => b.start - a.start)) {
    const arg = text.slice(start, end);
    const cases = (TYPES[letter] ?? []).map((type) => `${type}: 0`).join(', ');
    text = `${text.slice(0, start)} (_Generic((${arg}), ${cases}), ${arg})${text.slice(end)}`;
  }
  const kept = flags.filter((flag) => !flag.startsWith('-D'));
  const run = spawnSync('gcc', ['-fsyntax-only', '-w', '-fpreprocessed', ...kept, '-x', 'cpp-output', '-'], {
    cwd: root,
    encoding: 'utf8',
    input: before + text,
  });
  if (run.status === 0) {
    return [];
  }
  const errors = run.stderr.split('\n').filter((line) => / error: /.test(line));
  return errors.length > 0 ? errors : [`${file}: ${run.stderr || run.error}`];
}

export function lettersOf(file, flags = compilerFlags()) {
  if (!/\btb_db_(exec|int|query)\(/.test(readFileSync(path.resolve(root, file), 'utf8'))) {
    return [];
  }
  const { before, own } = preprocessed(file, flags);
  const known = constants(own);
  const found = [];
  const wraps = calls(own).flatMap((call) => {
    const complain = (words) => found.push(`${file}:${lineAt(own, call.index)}: ${call.name}: ${words}`);
    return checkCall(call, known, complain);
  });
  return [...found, ...typeErrors(file, before, own, wraps, flags)];
}

if (process.argv[1] && path.resolve(process.argv[1]) === new URL(import.meta.url).pathname) {
  const files = process.argv.slice(2);
  const offenders = (files.length > 0 ? files : sourceFiles()).flatMap((file) => lettersOf(file));
  offenders.forEach((line) => console.log(line));
  process.exitCode = offenders.length > 0 ? 1 : 0;
}
