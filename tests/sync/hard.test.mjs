// What an installation must bear: a clock that was ahead, signals, names out of a shell, cores.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { program, run, sleep, start, until } from '../kit/programs.mjs';
import { shop } from '../kit/shop.mjs';
import { Tollbook } from '../kit/tollbook.mjs';

const SIZES = { customers: 8, orders: 8, carts: 1, subscribers: 2, memos: 1 };
const DAY = 86400;

// What a clock that was ten days ahead leaves behind: each of these would hold everything up.
const AHEAD = {
    'a run that began': `UPDATE runs SET started_at = unixepoch() + ${10 * DAY}, requested_at = unixepoch() + ${10 * DAY}`,
    'a run that beats': `INSERT INTO runs (channel_id, kind, state, requested_by, requested_at, started_at, heartbeat_at)
        SELECT id, 'changes', 'running', 'schedule', unixepoch(), unixepoch() - 7200, unixepoch() + ${10 * DAY} FROM channels`,
    'a pause after failures': `UPDATE channels SET failures = 3, next_due_at = unixepoch() + ${10 * DAY}`,
    'a good run': `UPDATE channels SET last_good_at = unixepoch() + ${10 * DAY}; UPDATE runs SET started_at = 1`,
};

for (const [what, sql] of Object.entries(AHEAD)) {
    test(`the schedule goes on after ${what} in the future, and doctor tells`, async (t) => {
        const s = await shop(t, { store: { sizes: SIZES } });
        await s.load();
        await s.tb.sql(sql);
        const doctor = await s.tb.admin('doctor');
        assert.equal(doctor.code > 0, true);
        assert.match(doctor.out, /warn +clock: \d+ stored times? (is|are) in the future/);
        await s.tb.sql('UPDATE runs SET started_at = min(started_at, unixepoch() - 7200) WHERE started_at <= unixepoch()');
        const before = await s.tb.one('SELECT max(id) FROM runs');
        await s.tb.sync('due');
        assert.match((await s.tb.admin('doctor')).out, /ok +clock/);
        await s.tb.sql('UPDATE runs SET started_at = unixepoch() - 7200 WHERE started_at IS NOT NULL');
        await s.tb.sync('due');
        assert.ok((await s.tb.one(`SELECT count(*) FROM runs WHERE id > ${before} AND kind = 'changes' AND state = 'done'`)) > 0);
        assert.ok((await s.tb.one('SELECT last_good_at - unixepoch() FROM channels')) <= 60);
    });
}

test('a quarantine and an outbox do not wait for a clock that was ahead', async (t) => {
    const s = await shop(t, { store: { sizes: SIZES }, args: ['--two-way', 'remote'] });
    await s.load();
    await s.tb.sql(`INSERT INTO outbox (channel_id, entity, op, state, title, requested_by, created_at, changed_at, next_try_at)
        SELECT id, 'order', 'comment', 'failed', 'x', 'x', unixepoch(), unixepoch(), unixepoch() + ${10 * DAY} FROM channels;
        INSERT INTO quarantine (channel_id, entity, origin_id, reason, answer, run_id, first_seen_at, last_seen_at, next_try_at)
        SELECT id, 'order', 3, 'x', '', 1, 1, 1, unixepoch() + ${10 * DAY} FROM channels`);
    await s.tb.sync('due');
    assert.equal(await s.tb.one('SELECT count(*) FROM outbox WHERE next_try_at > unixepoch() + 7200'), 0);
    assert.equal(await s.tb.one(`SELECT count(*) FROM quarantine WHERE next_try_at > unixepoch() + ${2 * DAY}`), 0);
});

test('names from the command line are one line', async (t) => {
    const tb = await Tollbook.create(t);
    for (const name of ['two\nlines', 'carriage\rreturn', 'bell\u0007', 'escape\u001b[31m', 'next\u0085line', 'para\u2029graph']) {
        await assert.rejects(tb.addChannel({ name, url: 'https://shop.example/' }), /control character/, JSON.stringify(name));
    }
    await assert.rejects(tb.addChannel({ url: 'https://shop.example/', user: 'a\nb' }), /API user not accepted/);
    await tb.addChannel({ name: 'Łódź & Söhne', url: 'https://shop.example/' });
});

test('a backup that is ended leaves no half behind', async (t) => {
    const s = await shop(t, { store: { sizes: { ...SIZES, orders: 400, customers: 300 } } });
    await s.load();
    for (const signal of ['SIGTERM', 'SIGINT']) {
        const target = path.join(s.tb.dir, `${signal}.db`);
        const backup = start(program('tollbook-admin'), s.tb.args(['backup', target]));
        await until('it writes', () => existsSync(`${target}.part`) || existsSync(target), { pause: 1 });
        backup.kill(signal);
        const done = await backup.done;
        if (done.code === 0) assert.ok(existsSync(target), 'it was ready before');
        else assert.ok(!existsSync(target), `exit ${done.code}`);
        assert.deepEqual((await readdir(s.tb.dir)).filter((name) => name.includes('.part')), []);
    }
});

test('an export obeys, and its exit code tells that it is cut', async (t) => {
    const s = await shop(t, { store: { sizes: { ...SIZES, orders: 300 } } });
    await s.load();
    for (const signal of ['SIGTERM', 'SIGINT']) {
        const pipe = path.join(s.tb.dir, signal);
        await run('mkfifo', [pipe]);
        const reader = start('sh', ['-c', 'exec 3<"$0"; exec sleep 60', pipe]); // it reads nothing
        const sync = start('sh', ['-c', 'exec "$0" export order --config "$1" >"$2"', program('tollbook-sync'), s.tb.config, pipe]);
        await sleep(600);
        sync.kill(signal);
        const done = await sync.done;
        reader.kill('SIGKILL');
        await reader.done;
        assert.ok(done.code !== 0, `${signal}: ${done.code} ${done.signal}`);
    }
});

test('no program leaves a core', async (t) => {
    const s = await shop(t, { store: { sizes: SIZES } });
    await s.store.fault('delay', { ms: 3000, times: 0 });
    const sync = s.tb.begin(['run', 'shop']);
    await sleep(500);
    const limits = readFileSync(`/proc/${sync.pid}/limits`, 'utf8');
    sync.kill('SIGKILL');
    await sync.done.catch(() => {});
    assert.match(limits, /^Max core file size +0 +0 /m);
});
