import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { namesOf, tables } from './names.mjs';
import { sourceFiles } from './sources.mjs';

const fields = tables();

function namesIn(t, body) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tollbook-names-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'seeded.c');
  writeFileSync(file, `static int seeded(struct tb_record *r)\n{\n    ${body}\n}\n`);
  return namesOf(file, fields).join();
}

test('the tables are read as the program has them', () => {
  assert.equal(fields.size, 17);
  assert.ok(fields.get('order').has('increment_id'));
  assert.ok(fields.get('store').has('website_origin_id'));
});

test('every field name in the code is one of the tables', () => {
  assert.deepEqual(sourceFiles().flatMap((file) => namesOf(file, fields)), []);
});

test('a misspelt field name is found', (t) => {
  assert.match(namesIn(t, 'return tb_record_text(r, "increment_idd") != NULL;'), /:3: .* has no field increment_idd/);
});

test('a name of another entity is found where the entity is said', (t) => {
  assert.match(namesIn(t, 'return tb_field_index(&tb_store_view, "increment_id") == 0;'), /store has no field/);
  assert.equal(namesIn(t, 'return tb_field_index(&tb_order, "increment_id") == 0;'), '');
});

test('a place that may be -1 is found', (t) => {
  assert.match(namesIn(t, 'return r->values[tb_field_index(r->entity, name)].is;'), /used as a place at once/);
  assert.match(namesIn(t, 'int i = tb_field_index(r->entity, name);\n    return r->values[i].is;'), /i is never compared/);
  assert.equal(namesIn(t, 'int i = tb_field_index(r->entity, name);\n    return i < 0 ? 0 : r->values[i].is;'), '');
});
