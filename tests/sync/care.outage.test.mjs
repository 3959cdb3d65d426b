// Outages: what counts as one, what is told of it, and that nothing of the gap is missing. The nightly
// check that the schedule files.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { certificates } from '../kit/certificates.mjs';
import { folder, until } from '../kit/programs.mjs';
import { shop } from '../kit/shop.mjs';
import { Mailbox, decode } from '../kit/smtp.mjs';

const together = { concurrency: 2 };
const outages = (s) => s.tb.sql('SELECT * FROM outages ORDER BY id');
const again = (s) => s.tb.sql('UPDATE runs SET started_at = started_at - 3600 WHERE started_at > 0; UPDATE channels SET next_due_at = NULL');
const older = (s, seconds) => s.tb.sql(`UPDATE outages SET began_at = began_at - ${seconds}`);
const due = (s) => s.tb.sync('due');
const begin = (t, more) => shop(t, { ...more, args: ['--verify-at', 'none', ...(more?.args ?? [])], conf: { retries: 0, ...more?.conf } });

describe('what is an outage', together, () => {
    for (const [what, break_, words] of [
        ['503', (s) => s.store.fault('503'), /maintenance or overloaded/],
        ['404', (s) => s.store.fault('404'), /No API at this address/],
        ['a page for people', (s) => s.store.fault('html'), /page for people/],
        ['a refused log-in', (s) => s.store.fault('fault', { op: 'login', code: 2, text: 'Access denied.' }), /refused the log-in/],
        ['a store that is gone', (s) => { s.store.child.kill(); }, /cannot be reached|not reached/],
        ['a key that is gone', (s) => s.tb.sql('UPDATE channels SET api_key_sealed = NULL'), /no API key/],
    ]) {
        test(what, async (t) => {
            const s = await begin(t);
            await s.load();
            const good = await s.tb.one('SELECT last_good_at FROM channels');
            assert.deepEqual(await outages(s), []);
            await break_(s);
            assert.equal((await s.tb.run()).code, 2);
            const [first] = await outages(s);
            assert.match(first.error, words);
            assert.equal(first.runs, 1);
            assert.equal(first.ended_at, null);
            assert.equal(first.stale_since, good);
            assert.equal(first.began_at, (await s.tb.lastRun()).started_at);
            assert.equal((await s.tb.run()).code, 2);
            const rows = await outages(s);
            assert.equal(rows.length, 1, 'the same one goes on');
            assert.equal(rows[0].runs, 2);
            assert.equal(rows[0].began_at, first.began_at);
        });
    }

    test('not a run that somebody stopped, nor one entity that fails, nor a record', async (t) => {
        const s = await begin(t, { store: { sizes: { customers: 200, orders: 200, carts: 20, subscribers: 10, memos: 4 } }, conf: { page_size: 10 } });
        // some 15 seconds of work: a wish to stop is heard within two
        await s.store.set({ pace_request_us: 300000, capacity: 1 });
        const run = s.tb.begin(['run', 'shop']);
        await until('it is under way', async () => (await s.tb.one('SELECT count(*) FROM customers')) > 0);
        await s.tb.sql("UPDATE runs SET stop_requested_by = 'anna'");
        assert.equal((await run.done).code, 1);
        await s.store.set({ pace_request_us: 0 });
        await s.load();
        await s.store.pass(3600);
        await s.store.change('order.touch', { id: 20, field: 'customer_note', value: 'Changed' });
        await s.store.pass(60);
        await s.store.fault('fault', { op: 'oroQuoteList', code: 2, text: 'Access denied.' });
        await s.store.fault('fault', { op: 'oroOrderList', id: 20, code: 1, text: 'Broken' });
        assert.equal((await s.tb.run()).code, 1);
        assert.equal((await s.tb.lastRun()).state, 'check');
        await s.tb.sync('run', 'shop', '--one', 'order:99999999');
        assert.deepEqual(await outages(s), []);
    });

    test('one begins when a long load breaks off, and ends when the store is read again', async (t) => {
        const s = await begin(t, { store: { sizes: { customers: 200, orders: 200, carts: 20, subscribers: 10, memos: 4 } }, conf: { page_size: 10 } });
        await s.store.set({ pace_request_us: 300000, capacity: 1 });
        const first = s.tb.begin(['run', 'shop']);
        await until('records of a load that goes on for seconds', async () => (await s.tb.one('SELECT count(*) FROM orders')) > 20);
        await s.store.fault('503');
        assert.equal((await first.done).code, 2);
        const broken = await s.tb.lastRun();
        assert.ok(broken.read > 0);
        const [begun] = await outages(s);
        assert.ok(begun.began_at > broken.started_at, `${begun.began_at} is not after ${broken.started_at}`);
        assert.equal(begun.began_at, begun.last_at);
        await s.store.clear();
        const second = s.tb.begin(['run', 'shop']);
        await until('the end of the outage', async () => (await outages(s))[0].ended_at != null, { pause: 20 });
        assert.equal((await s.tb.lastRun()).state, 'running', 'the load goes on');
        assert.equal(await s.tb.one('SELECT failures FROM channels'), 0);
        await s.store.set({ pace_request_us: 0 });
        assert.equal((await second.done).code, 0);
        assert.ok((await outages(s))[0].caught_up_at > 0);
    });

    test('an entity that fails after one keeps it from being caught up', async (t) => {
        const s = await begin(t);
        await s.load();
        await s.store.fault('503');
        await s.tb.run();
        await s.store.clear();
        await s.store.pass(3600);
        await s.store.fault('fault', { op: 'oroQuoteList', code: 2, text: 'Access denied.' });
        await s.tb.run();
        const [half] = await outages(s);
        assert.ok(half.ended_at > 0);
        assert.equal(half.caught_up_at, null);
        await s.store.clear();
        await s.load();
        assert.ok((await outages(s))[0].caught_up_at >= half.ended_at);
    });
});

describe('after an outage', together, () => {
    test('the next good run brings what changed meanwhile, by itself; a long one is checked', async (t) => {
        const s = await begin(t);
        await s.load();
        await s.assertEqual();
        await s.store.pass(3600);
        await s.store.fault('503');
        await again(s);
        assert.equal((await due(s)).code, 2);
        await s.store.change('day', { seed: 7, count: 20 });
        await s.store.pass(3600);
        await again(s);
        assert.equal((await due(s)).code, 2);
        await s.store.change('day', { seed: 8, count: 20 });
        await older(s, 1900);
        await s.store.clear();
        await s.store.pass(60);
        await again(s);
        await due(s);
        const [row] = await outages(s);
        assert.equal(row.runs, 2);
        assert.ok(row.ended_at > row.began_at && row.caught_up_at >= row.ended_at);
        const check = (await s.tb.sql("SELECT kind, options, requested_by FROM runs WHERE kind = 'verify'"));
        assert.deepEqual(check, [{ kind: 'verify', options: null, requested_by: 'schedule' }]);
        await s.assertEqual();
    });

    test('a short one needs no check', async (t) => {
        const s = await begin(t);
        await s.load();
        await s.store.fault('503', { times: 1 });
        await s.tb.run();
        await s.load();
        assert.equal(await s.tb.one("SELECT count(*) FROM runs WHERE kind = 'verify'"), 0);
        assert.ok((await outages(s))[0].caught_up_at > 0);
    });
});

async function mailing(t, how, more = {}) {
    const box = await Mailbox.start(t, how, more.host);
    const s = await begin(t, { conf: { smtp_url: more.url ?? box.url, mail_from: 'crm@example.com', mail_to: 'anna@example.com, bert@example.org',
        public_url: 'https://crm.example/tb', time_zone: 'Europe/Berlin', ...more.conf } });
    await s.load();
    await s.store.fault('503');
    await s.tb.run();
    return { box, s };
}

describe('mails', together, () => {
    test('one when it lasts, one when it is over', async (t) => {
        const { box, s } = await mailing(t, { lines: ['250-box.example', '250-a', '250-b', '250 c'] });
        await due(s);
        assert.equal(box.mails.length, 0, 'not yet an hour');
        await older(s, 3600);
        await due(s);
        await due(s);
        assert.equal(box.mails.length, 1);
        const [mail] = box.mails;
        assert.deepEqual(mail.to, ['anna@example.com', 'bert@example.org']);
        assert.equal(decode(mail.headers.subject), 'Tollbook: shop cannot be read');
        assert.match(mail.headers.date, /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/);
        assert.match(mail.headers['message-id'], /^<[0-9a-f]{32}@example\.com>$/);
        assert.match(mail.text, /shop could not be read since .* \(Europe\/Berlin\); 1 runs have failed\./);
        assert.match(mail.text, /in maintenance or overloaded \(503\)/);
        assert.match(mail.text, /https:\/\/crm\.example\/tb\/sync\/outages/);
        assert.ok(mail.lines.every((line) => line.length <= 76 || line.startsWith('To:')), 'no line is too long');
        await s.store.clear();
        await s.load();
        await due(s);
        await due(s);
        assert.equal(box.mails.length, 2);
        assert.equal(decode(box.mails[1].headers.subject), 'Tollbook: shop is read again');
        assert.match(box.mails[1].text, /could not be read for 1 h/);
    });

    test('none for one that is over before its time, none when the channel wants none', async (t) => {
        const { box, s } = await mailing(t);
        await s.store.clear();
        await s.load();
        await due(s);
        await s.tb.sql('UPDATE channels SET notice_minutes = 0');
        await s.store.fault('503');
        await s.tb.run();
        await older(s, 7200);
        await due(s);
        assert.equal(box.mails.length, 0);
    });

    test('a channel name cannot become a header', async (t) => {
        const { box, s } = await mailing(t);
        const name = 'Lümen\nBcc: eve@example.com\r\n\r\nX '.padEnd(120, 'ü');
        await s.tb.sql(`UPDATE channels SET name = '${name}'`);
        await older(s, 3600);
        await due(s);
        const [mail] = box.mails;
        assert.equal(mail.headers.bcc, undefined);
        assert.deepEqual(mail.to, ['anna@example.com', 'bert@example.org']);
        assert.match(decode(mail.headers.subject), /^Tollbook: Lümen/);
    });

    for (const [what, how, words, more] of [
        ['refuses the sender', { refuse: { MAIL: '550 no' } }, /refused it \(550\): check mail_from and mail_to/],
        ['refuses the text', { refuse: { END: '554 spam' } }, /refused it \(554\)/],
        ['breaks off', { drop: 'DATA' }, /broke off/],
        ['is not one', { greeting: 'HTTP/1.1 400 Bad Request' }, /broke off|refused it|takes too long/],
        ['offers no encryption', {}, /offers no encryption/, { host: '0.0.0.0' }],
        ['refuses the log-in', { refuse: { AUTH: '535 no' } }, /refused the log-in: check smtp_user/, { login: true }],
    ]) {
        test(`a server that ${what}: told, tried again later, in nobody's way`, async (t) => {
            const { box, s } = await mailing(t, how, more);
            if (more?.login) {
                await writeFile(path.join(s.tb.dir, 'smtp'), 'secret\n', { mode: 0o600 });
                await s.tb.configure({ smtp_user: 'crm', smtp_password_file: 'smtp' });
            }
            await older(s, 3600);
            await due(s);
            const [row] = await outages(s);
            assert.match(row.notice_error ?? '', words);
            assert.equal(row.noticed_at, null);
            assert.equal(row.notice_tries, 1);
            const wait = row.notice_next_at - Math.floor(Date.now() / 1000);
            assert.ok(wait > 290 && wait <= 300, `tried again in ${wait} s`);
            const asked = box.commands.length;
            await due(s);
            assert.equal(box.commands.length, asked, 'not before its time');
            await s.tb.sql('UPDATE outages SET notice_next_at = 1');
            await due(s);
            const pause = (await outages(s))[0].notice_next_at - Math.floor(Date.now() / 1000);
            assert.ok(pause > 590 && pause <= 600, `then in ${pause} s`);
            assert.ok(!box.commands.join('\n').includes('secret'));
            await s.store.clear();
            await s.load();
        });
    }

    // smtp:// to another machine turns to encryption before anything is said; 127.0.0.2 is one to it.
    for (const [what, offer, host] of [['asked for', 'starttls', '127.0.0.2'], ['from the beginning', 'tls', '127.0.0.1']]) {
        test(`an encrypted connection, ${what}: only where the certificate is trusted`, async (t) => {
            const certs = await certificates(await folder(t));
            const load = async ([cert, key]) => ({ cert: await readFile(cert), key: await readFile(key) });
            const { box, s } = await mailing(t, { [offer]: await load(certs.good) }, { host });
            await writeFile(path.join(s.tb.dir, 'smtp'), 'secret\n', { mode: 0o600 });
            await s.tb.configure({ smtp_user: 'crm', smtp_password_file: 'smtp' });
            await older(s, 3600);
            await due(s);
            assert.match((await outages(s))[0].notice_error, /certificate is not trusted/);
            assert.ok(!box.commands.some((line) => line.startsWith('AUTH')), 'the password was not sent');
            await s.tb.configure({ smtp_ca_file: certs.ca });
            await s.tb.sql('UPDATE outages SET notice_next_at = 1');
            box.isEncrypted = false;
            box.commands.length = 0;
            await due(s);
            assert.equal((await outages(s))[0].notice_error, null);
            assert.equal(box.mails.length, 1);
            assert.equal(box.login, '\0crm\0secret');
            const verbs = box.commands.map((line) => line.split(' ')[0]);
            assert.deepEqual(verbs.slice(0, verbs.indexOf('AUTH') + 1),
                offer === 'starttls' ? ['EHLO', 'STARTTLS', 'EHLO', 'AUTH'] : ['EHLO', 'AUTH']);
        });
    }

    test('a silent server costs a minute at most, after the runs', async (t) => {
        const { s } = await mailing(t, { greeting: null });
        await older(s, 3600);
        const began = Date.now();
        await due(s);
        assert.ok(Date.now() - began < 60000);
        assert.match((await outages(s))[0].notice_error, /takes too long/);
    });

    test('mail-test says how it went; the doctor what is missing', async (t) => {
        const box = await Mailbox.start(t);
        const s = await begin(t, { conf: { smtp_url: box.url, mail_from: 'crm@example.com', mail_to: 'anna@example.com' } });
        const sent = await s.tb.admin('mail-test', 'carl@example.net');
        assert.equal(sent.code, 0, sent.err);
        assert.deepEqual(box.mails[0].to, ['carl@example.net']);
        for (const address of ['carl', 'a@b.example\r\nRCPT TO:<eve@example.com>', '<a@b.example>', '"a b"@c.example']) {
            const refused = await s.tb.admin('mail-test', address);
            assert.equal(refused.code, 2);
            assert.match(refused.err, /is no address/);
        }
        assert.equal(box.mails.length, 1);
        assert.match((await s.tb.admin('doctor')).out, /ok {4}mail: to anna@example\.com/);
        await s.tb.configure({ mail_from: '' });
        assert.match((await s.tb.admin('doctor')).out, /fail {2}mail: Mail not sent: it has no sender: set mail_from/);
        await s.tb.configure({ smtp_url: 'http://mail.example' });
        assert.match((await s.tb.admin('doctor')).err, /smtp_url = http:\/\/mail\.example is no mail server/);
    });
});

// "HH:MM" so many minutes from now, UTC.
const clock = (minutes) => new Date(Date.now() + minutes * 60000).toISOString().slice(11, 16);
const checks = (s) => s.tb.sql("SELECT options, requested_by FROM runs WHERE kind = 'verify'");
const nights = (s) => s.tb.sql('SELECT * FROM verify_nights');

describe('the nightly check', together, () => {
    const night = async (t, at, settings = '') => {
        const s = await shop(t, { args: ['--verify-at', at] });
        await s.load();
        await s.tb.sql(`UPDATE channels SET created_at = created_at - 90000 ${settings}`);
        return s;
    };

    test('is filed once a night, with a share, and repairs', async (t) => {
        const s = await night(t, clock(-2));
        await due(s);
        await due(s);
        assert.deepEqual(await checks(s), [{ options: 'share repair', requested_by: 'schedule' }]);
        assert.equal((await nights(s)).length, 1);
    });

    test('repairs only where the channel wants it', async (t) => {
        const s = await night(t, clock(-2), ', verify_repairs = 0');
        await due(s);
        assert.deepEqual(await checks(s), [{ options: 'share', requested_by: 'schedule' }]);
    });

    for (const [what, at, settings] of [
        ['before its time', clock(30), ''],
        ['more than six hours late', clock(-370), ''],
        ['in quiet hours', clock(-2), `, quiet_from = '${clock(-60)}', quiet_to = '${clock(60)}'`],
        ['of a channel that was not read before', clock(-2), ', created_at = created_at + 90000'],
        ['of a channel that cannot be read', clock(-2), ', failures = 2'],
        ['of a channel that is off', clock(-2), ", status = 'inactive'"],
    ]) {
        test(`not ${what}`, async (t) => {
            const s = await night(t, at, settings);
            await s.tb.sql("UPDATE channels SET next_due_at = 99999999999");
            await due(s);
            assert.deepEqual(await checks(s), []);
        });
    }

    test('not while the past is being loaded', async (t) => {
        const s = await night(t, clock(-2), ", load_paused_at = 1, load_paused_by = 'anna'");
        await s.tb.sql("UPDATE cursors SET load_state = 'running' WHERE entity = 'order'");
        await due(s);
        assert.deepEqual(await checks(s), []);
    });

    test('one that waits lets the quiet hours pass', async (t) => {
        const s = await night(t, 'none', `, quiet_from = '${clock(-60)}', quiet_to = '${clock(60)}'`);
        await s.tb.sql(`INSERT INTO runs (channel_id, kind, requested_by, requested_at, state)
            VALUES (1, 'verify', 'schedule', 1, 'waiting'), (1, 'verify', 'anna', 1, 'waiting')`);
        await due(s);
        assert.deepEqual(await s.tb.sql("SELECT requested_by FROM runs WHERE kind = 'verify' AND state = 'waiting'"), [{ requested_by: 'schedule' }]);
    });
});
