// Each fuzzer for a few seconds, from its corpus (tests/kit/fuzz.sh; `make fuzz` takes longer). They are
// built with clang under sanitizers of their own, so they run once, in the plain check.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { bin, root, run, start } from '../kit/programs.mjs';

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 3);
const NAMES = readdirSync(path.join(root, 'tests/fuzz')).flatMap((file) => file.match(/^fuzz_(\w+)\.c$/)?.[1] ?? []);

const why = async () => {
    if (bin.endsWith('/sanitize')) {
        return 'they run in the plain check';
    }
    return (await run('sh', ['-c', 'command -v clang'])).code === 0 ? false : 'clang is not installed';
};

const skip = await why();

test('each fuzzer has a corpus, and is run by name', () => {
    assert.ok(NAMES.length >= 5, 'they were found');
    for (const name of NAMES) {
        assert.ok(readdirSync(path.join(root, 'tests/fuzz/corpus', name)).length > 1, name);
    }
    assert.deepEqual(readdirSync(path.join(root, 'tests/fuzz/corpus')).sort(), [...NAMES].sort());
});

test('no fuzzer finds anything', { skip }, async () => {
    const done = await start(path.join(root, 'tests/kit/fuzz.sh'), [String(SECONDS), ...NAMES], { cwd: root, env: { MAKEFLAGS: '', MAKELEVEL: '' } }).done;
    assert.equal(done.code, 0, `${done.out}${done.err}`.slice(-6000));
    for (const name of NAMES) {
        assert.match(done.out, new RegExp(`^fuzz_${name}: ${SECONDS} s without a finding$`, 'm'));
        assert.ok(existsSync(path.join(root, `.build/fuzz/fuzz_${name}`)));
    }
});
