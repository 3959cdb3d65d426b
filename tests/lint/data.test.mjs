import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataOffenders, explained, namesDrawn, namesSet } from './data.mjs';

test('what handlers set and templates draw is explained in templates/README.md', () => {
  assert.deepEqual(dataOffenders(), []);
});

test('names are found where they are set', () => {
  const code = 'tb_data_set(d, "Titel", x);\ntb_data_flag(tb_data_child(d, "Parts"), "IsGone", false);\ntb_data_set(d, "Text", _("Not a name"));';
  assert.deepEqual(namesSet(code).map(({ name }) => name), ['Titel', 'IsGone', 'Parts', 'Text']);
});

test('names are found where they are drawn', () => {
  const template = '<?cs # a Remark ?><p><?cs var:Record.Titel ?></p><?cs if:r.IsGone ?><?cs var:_("Words") ?><?cs /if ?>';
  assert.deepEqual(namesDrawn(template).map(({ name }) => name), ['Record', 'Titel', 'IsGone']);
});

test('a name that is not explained is one', () => {
  const known = explained('    Record.{Title, IsGone}');
  assert.deepEqual(['Record', 'Titel', 'IsGone'].filter((name) => !known.has(name)), ['Titel']);
});
