// The check itself: what it counts, what it calls a failure, how it ends. A suite that is believed
// must not lose a file.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { folder, root, run } from '../kit/programs.mjs';

const HEAD = "import assert from 'node:assert/strict';\nimport { describe, test } from 'node:test';\n";
const GOOD = `${HEAD}describe('two', { concurrency: 2 }, () => { test('one', () => {}); test('other', () => {}); });
test('not here', { skip: true }, () => {});\n`;

// Checks files made of these texts; gives the exit code, the lines and those of the table by file.
async function check(t, texts, units = []) {
    const dir = await folder(t);
    const files = Object.keys(texts).map((name) => path.join(dir, name));
    await Promise.all(files.map((file) => writeFile(file, texts[path.basename(file)])));
    const done = await run(process.execPath, [path.join(root, 'tests/kit/check.mjs'), ...files, ...units],
        { env: { CHECK_LOGS: path.join(dir, 'logs') } });
    const lines = done.out.trimEnd().split('\n');
    const table = Object.fromEntries(lines.flatMap((line) => {
        const found = line.match(/^  (\S+) +(\d+) passed +(\d+) failed +(\d+) skipped$/);
        return found ? [[found[1], found.slice(2).map(Number)]] : [];
    }));
    return { code: done.code, out: done.out, lines, table, dir };
}

test('good files: counts by file and folder, the plain line last', async (t) => {
    const c = await check(t, { 'a.test.mjs': GOOD, 'b.test.mjs': `${HEAD}test('three', () => {});\n` }, ['tests/unit/test_buf.c']);
    assert.equal(c.code, 0, c.out);
    assert.deepEqual(c.table['a.test.mjs'], [2, 0, 1]);
    assert.deepEqual(c.table['b.test.mjs'], [1, 0, 0]);
    const [units] = c.table['test_buf.c'];
    assert.ok(c.lines.some((line) => line.startsWith(`${c.dir}: 2 files`) && / 3 passed +0 failed +1 skipped$/.test(line)), c.out);
    assert.ok(c.lines.some((line) => line.startsWith('tests/unit: 1 files')), c.out);
    assert.equal(c.lines.at(-1), `${3 + units} passed, 0 failed, 1 skipped`);
});

test('a folder stands for its files', async (t) => {
    const dir = await folder(t);
    await writeFile(path.join(dir, 'a.test.mjs'), GOOD);
    await writeFile(path.join(dir, 'kit.mjs'), 'not a test(');
    const c = await check(t, {}, [dir]);
    assert.deepEqual([c.code, Object.keys(c.table), c.lines.at(-1)], [0, ['a.test.mjs'], '2 passed, 0 failed, 1 skipped']);
});

test('nothing skipped: the line says nothing of it', async (t) => {
    const c = await check(t, { 'b.test.mjs': `${HEAD}test('three', () => {});\n` });
    assert.equal(c.lines.at(-1), '1 passed, 0 failed');
});

for (const [what, text, fault] of [
    ['names what its Node does not have', "import { nothingOfTheKind } from 'node:test';\nnothingOfTheKind('x', () => {});\n", 'did not load'],
    ['cannot be parsed', 'test(', 'did not load'],
    ['contributes no test', HEAD, 'contributes no test'],
    ['has nothing but an empty group', `${HEAD}describe('empty', () => {});\n`, 'contributes no test'],
    ['ends before its tests do', `${HEAD}test('one', () => {});\ntest('other', () => process.exit(3));\n`, 'broke off'],
]) {
    test(`a file that ${what} is a failure`, async (t) => {
        const c = await check(t, { 'a.test.mjs': GOOD, 'bad.test.mjs': text });
        assert.equal(c.code, 1);
        assert.equal(c.table['bad.test.mjs'][1], 1, c.out);
        assert.match(c.out, new RegExp(`bad\\.test\\.mjs.*${fault}`));
        assert.match(c.lines.at(-1), /^\d passed, 1 failed, 1 skipped$/);
    });
}

test('a failed test is one failure, and is told by name', async (t) => {
    const c = await check(t, { 'bad.test.mjs': `${HEAD}test('sums up', () => assert.equal(1, 2));\ntest('one', () => {});\n` });
    assert.deepEqual([c.code, c.table['bad.test.mjs'], c.lines.at(-1)], [1, [1, 1, 0], '1 passed, 1 failed']);
    assert.match(c.out, /not ok 1 - sums up/);
});

test('a unit test without its program is a failure', async (t) => {
    const c = await check(t, {}, ['tests/unit/test_of_nothing.c']);
    assert.deepEqual([c.code, c.table['test_of_nothing.c'], c.lines.at(-1)], [1, [0, 1, 0], '0 passed, 1 failed']);
});
