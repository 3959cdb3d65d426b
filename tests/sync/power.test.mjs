// Power fails: what was written and not yet synced to the disk is gone. No edit that was confirmed
// may be among it, and nothing may reach a store twice. TOLLBOOK_POWER=200: so many points.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { dice } from '../kit/dice.mjs';
import { root, run, program, sleep } from '../kit/programs.mjs';
import { PLACE, pushAgain, row, twoWayShop } from '../kit/push.mjs';

const POINTS = Number(process.env.TOLLBOOK_POWER ?? 20);
const SIZES = { customers: 30, orders: 60, carts: 2, subscribers: 8, memos: 1 };
const shim = path.join(root, '.build/powerloss.so');

const environment = (s) => ({ LD_PRELOAD: shim, POWERLOSS_DIR: s.tb.dir, ASAN_OPTIONS: 'verify_asan_link_order=0' });
const disk = (s) => `${s.tb.dir}.disk`;

// From here on the disk is watched. Somebody has the database open, so that no program of ours
// empties the log at its end.
async function watch(t, s) {
    await s.tb.sql('PRAGMA wal_checkpoint(TRUNCATE)');
    await rm(disk(s), { recursive: true, force: true });
    await cp(s.tb.dir, disk(s), { recursive: true, filter: (name) => !name.endsWith('-shm') });
    const reader = spawn('sqlite3', [s.tb.database], { stdio: ['pipe', 'ignore', 'ignore'] });
    reader.stdin.write('SELECT count(*) FROM channels;\n');
    s.reader = reader;
    t.after(async () => {
        reader.kill('SIGKILL');
        await rm(disk(s), { recursive: true, force: true });
    });
    await sleep(200);
}

// What the next start finds, beside the running one.
async function afterwards(s, query) {
    const copy = `${s.tb.dir}.after`;
    await rm(copy, { recursive: true, force: true });
    await cp(disk(s), copy, { recursive: true });
    const done = await run('sqlite3', ['-json', path.join(copy, 'tollbook.db'), query]);
    await rm(copy, { recursive: true, force: true });
    assert.equal(done.code, 0, done.err);
    return done.out.trim() ? JSON.parse(done.out) : [];
}

test('an edit that was confirmed is on the disk', async (t) => {
    const s = await twoWayShop(t, { store: { sizes: SIZES } });
    const orders = (await s.store.dump('order')).filter((o) => ['new', 'processing'].includes(o.state));
    await watch(t, s);
    const does = async (...args) => {
        const done = await run(program('edit'), [s.tb.config, ...args.map(String)], { env: environment(s) });
        assert.equal(done.code, 0, done.err);
        return Number(done.out.split(' ')[0]);
    };
    for (let i = 0; i < POINTS; i++) {
        const c = s.customers[i % s.customers.length];
        const made = [
            () => does('order', orders[i % orders.length].entity_id, 'comment', `Note ${i}`),
            () => does('update', 'customer', c.entity_id, `firstname=Name ${i}`),
            () => does('create', 'customer_address', c.entity_id, ...Object.entries({ ...PLACE, city: `Ulm ${i}` }).map(([k, v]) => `${k}=${v}`)),
        ];
        const push = await made[i % made.length]();
        const [found] = await afterwards(s, `SELECT state, (SELECT count(*) FROM outbox_fields WHERE outbox_id = o.id) AS fields,
            (SELECT integrity_check FROM pragma_integrity_check LIMIT 1) AS sound FROM outbox o WHERE id = ${push}`);
        assert.ok(found, `edit ${i} is lost`);
        assert.equal(found.state, 'waiting');
        assert.equal(found.sound, 'ok');
        if (i % made.length > 0) assert.ok(found.fields > 0);
    }
    s.reader.stdin.end();
});

test('users, settings and log-ins are on the disk, too', async (t) => {
    const s = await twoWayShop(t, { store: { sizes: SIZES } });
    await watch(t, s);
    await run('sh', ['-c', 'printf "correct horse battery\\n" >"$1/password"', 'sh', s.tb.dir]);
    const done = await run(program('tollbook-admin'), s.tb.args(['user', 'add', 'eva', '--role', 'staff',
        '--password-file', path.join(s.tb.dir, 'password')]), { env: environment(s) });
    assert.equal(done.code, 0, done.err);
    assert.equal((await afterwards(s, "SELECT 1 AS one FROM users WHERE name = 'eva'")).length, 1);
});

test('a push that the power cuts off sends nothing twice and loses nothing', async (t) => {
    const s = await twoWayShop(t, { store: { sizes: SIZES } });
    const orders = (await s.store.dump('order')).filter((o) => ['new', 'processing'].includes(o.state));
    const random = dice(14);
    const notes = [];
    for (let i = 0; i < POINTS; i++) {
        const id = orders[i % orders.length].entity_id;
        const text = `Once ${i}`;
        const made = await s.person.mustDo('order', id, 'comment', text);
        notes.push([id, text, made.push]);
        await watch(t, s);
        const sync = s.tb.begin(['push', 'shop'], { env: environment(s) });
        await sleep(20 + random() * 180);
        sync.kill('SIGKILL');
        await sync.done.catch(() => {});
        s.reader.kill('SIGKILL');
        // the machine starts again with what its disk has
        for (const end of ['', '-wal', '-shm']) await rm(s.tb.database + end, { force: true });
        await cp(disk(s), s.tb.dir, { recursive: true });
        await pushAgain(s, 2);
        const now = await row(s.tb, made.push);
        assert.equal(now.state, 'done', `${i}: ${now.state} ${now.error}`);
    }
    for (const [id, text] of notes) {
        const [order] = await s.store.dump('order', { from: id, to: id });
        assert.equal(order.status_history.filter((n) => n.comment === text).length, 1, text);
    }
});
