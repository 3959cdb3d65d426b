import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { lettersOf } from './letters.mjs';
import { sourceFiles } from './sources.mjs';

const seeded = (body) => `#include "db/db.h"
static const char sql_two[] = "UPDATE t SET a = ?1 " "WHERE id = ?2 AND b <> '?9'";
enum tb_status seeded(struct tb_db *db, int64_t id, const char *name, int small, struct tb_err *err);
enum tb_status seeded(struct tb_db *db, int64_t id, const char *name, int small, struct tb_err *err)
{
    (void)name;
    (void)small;
    return ${body};
}
`;

function lettersIn(t, body) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tollbook-letters-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'seeded.c');
  writeFileSync(file, seeded(body));
  return lettersOf(file).map((line) => line.replace(/^[^ ]* /, ''));
}

test('letters, arguments and parameters of every statement agree', () => {
  assert.deepEqual(sourceFiles().flatMap((file) => lettersOf(file)), []);
});

test('a call whose letters fit passes', (t) => {
  assert.deepEqual(lettersIn(t, 'tb_db_exec(db, err, sql_two, "ti", name, id)'), []);
  assert.deepEqual(lettersIn(t, 'tb_db_exec(db, err, sql_two, "nI", &id)'), []);
});

test('a letter too few for the statement is found', (t) => {
  assert.match(lettersIn(t, 'tb_db_exec(db, err, sql_two, "t", name)').join(), /"t" for a statement of 2 parameters/);
});

test('a letter without an argument is found', (t) => {
  assert.match(lettersIn(t, 'tb_db_exec(db, err, sql_two, "ti", name)').join(), /"ti" for 1 arguments/);
});

test('an argument of another type than its letter is found', (t) => {
  assert.match(lettersIn(t, 'tb_db_exec(db, err, sql_two, "ti", id, name)').join(), /error: .*_Generic/);
  assert.match(lettersIn(t, 'tb_db_exec(db, err, sql_two, "ti", name, small)').join(), /error: .*_Generic/);
});

test('letters that are put together while the program runs are found', (t) => {
  assert.match(lettersIn(t, 'tb_db_exec(db, err, sql_two, name, id)').join(), /letters are no constant/);
});
