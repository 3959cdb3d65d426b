// Field names that the code gives as text, against the tables of lib/entity: a name that no entity has,
// or that the entity named beside it has not, gives nothing, says nothing, and stays until somebody
// misses a value. And places in such a table that are used without having been looked at.
//   names.mjs [FILE.c...]   without files: all of lib/ and cgi/. Prints offenders; 1 when there is one.
// Names that are put together while the program runs end it there (tb_field_place), or are not found.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bin } from '../kit/programs.mjs';
import { compilerFlags, root, sourceFiles } from './sources.mjs';

// Which argument is the field's name; the entity, or what has one, comes before it.
const CALLS = [
  'tb_field_index', 'tb_field_place', 'tb_field_find', 'tb_record_value', 'tb_record_int', 'tb_record_text',
  'tb_record_set_int', 'tb_record_set_text',
];

const LIST = `
#include "entity/field.h"
#include <stdio.h>
int main(void)
{
    for (size_t e = 0; tb_entities[e]; e++) {
        for (size_t i = 0; i < tb_entities[e]->field_count; i++) {
            printf("%s %s\\n", tb_entities[e]->name, tb_entities[e]->fields[i].name);
        }
    }
    return 0;
}
`;

// The constants' names that differ from the entity's: struct tb_entity tb_X.
const OTHER_NAMES = { tb_store_view: 'store' };

// entity -> its fields, as the tables say them. lib/ has to be built.
export function tables() {
  const folder = mkdtempSync(path.join(tmpdir(), 'tollbook-names-'));
  const program = path.join(folder, 'names');
  try {
    const libs = [path.join(bin, 'libtollbook.a'), '-lsqlite3', '-lcurl', '-lxml2', '-lsodium'];
    const likeThem = path.basename(bin) === 'sanitize' ? ['-fsanitize=address,undefined'] : [];
    execFileSync('gcc', [...compilerFlags(), ...likeThem, '-x', 'c', '-', '-x', 'none', ...libs, '-o', program], {
      cwd: root,
      input: LIST,
    });
    const found = new Map();
    for (const line of execFileSync(program, { encoding: 'utf8' }).trim().split('\n')) {
      const [entity, field] = line.split(' ');
      found.set(entity, (found.get(entity) ?? new Set()).add(field));
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const lineAt = (text, at) => text.slice(0, at).split('\n').length;

function unknownNames(file, text, fields) {
  const pattern = new RegExp(`\\b(${CALLS.join('|')})\\(\\s*([^,"]*?),\\s*"(\\w+)"`, 'g');
  const all = new Set([...fields.values()].flatMap((set) => [...set]));

  return [...text.matchAll(pattern)].flatMap((m) => {
    const [, call, owner, name] = m;
    const constant = owner.match(/^&(tb_\w+)$/)?.[1];
    const entity = constant && (OTHER_NAMES[constant] ?? constant.slice('tb_'.length));
    const known = entity ? fields.get(entity) : all;
    const isKnown = known === undefined || known.has(name);
    return isKnown ? [] : [`${file}:${lineAt(text, m.index)}: ${call}: ${entity ?? 'no entity'} has no field ${name}`];
  });
}

// tb_field_index says -1 for a name that is not there: where it is not compared it must not be asked.
function uncheckedPlaces(file, text) {
  const found = [...text.matchAll(/\[\s*tb_field_index\(/g)].map((m) => [m.index, 'used as a place at once']);

  for (const m of text.matchAll(/\b(\w+) = [^;=]*\btb_field_index\(/g)) {
    const end = text.indexOf('\n}', m.index);
    const rest = text.slice(m.index, end < 0 ? undefined : end);
    if (!new RegExp(`\\b${m[1]} (<|>=|==|!=) `).test(rest)) {
      found.push([m.index, `${m[1]} is never compared`]);
    }
  }
  return found.map(([at, words]) => `${file}:${lineAt(text, at)}: tb_field_index: ${words}: take tb_field_place`);
}

export function namesOf(file, fields) {
  const text = readFileSync(path.resolve(root, file), 'utf8');

  return [...unknownNames(file, text, fields), ...uncheckedPlaces(file, text)];
}

if (process.argv[1] && path.resolve(process.argv[1]) === new URL(import.meta.url).pathname) {
  const files = process.argv.slice(2);
  const fields = tables();
  const offenders = (files.length > 0 ? files : sourceFiles()).flatMap((file) => namesOf(file, fields));
  offenders.forEach((line) => console.log(line));
  process.exitCode = offenders.length > 0 ? 1 : 0;
}
