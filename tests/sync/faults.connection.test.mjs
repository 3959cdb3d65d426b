// A store that cannot be reached, or that lets nobody in: the message says why and what to do,
// nothing is half-written, and when the cause is gone the next run brings everything.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';
import { describe, test } from 'node:test';
import { certificates } from '../kit/certificates.mjs';
import { folder, program, run, start } from '../kit/programs.mjs';
import { SMALL, shop } from '../kit/shop.mjs';
import { Store } from '../kit/store.mjs';
import { Tollbook } from '../kit/tollbook.mjs';

const together = { concurrency: 2 };
const FEW = { customers: 20, orders: 20, carts: 10, memos: 2, subscribers: 5 };

describe('log-in', together, () => {
    for (const [what, options] of [
        ['wrong key', { key: 'not-the-key' }],
        ['inactive user', { user: 'inactive' }],
        ['user without role', { user: 'norole' }],
        ['unknown user', { user: 'nobody' }],
    ]) {
        test(`${what}: refused once, never tried again`, async (t) => {
            const s = await shop(t, options);
            await s.assertFails(2, /refused the log-in.*wrong API user or key.*check them in the store/s);
            assert.equal((await s.store.stats()).operations.login.requests, 1);
            assert.equal(await s.tb.one('SELECT count(*) FROM customers'), 0);
            const channel = (await s.tb.sql('SELECT attention, next_due_at, failures FROM channels'))[0];
            assert.match(channel.attention, /refused the log-in/);
            assert.ok(channel.next_due_at > Date.now() / 1000 + 3000, 'the schedule waits an hour');
            assert.equal(channel.failures, 1);
        });
    }

    test('a key that is corrected brings everything', async (t) => {
        const s = await shop(t, { key: 'not-the-key' });
        await s.assertFails(2, /refused the log-in/);
        const other = await Tollbook.create(t);
        await other.addChannel({ url: s.store.url, args: ['--shared-emails', 'sharedesk@example.com'] });
        s.tb = other;
        await s.assertHeals();
    });

    test('a role without one right: that entity stops with the reason, the others go on', async (t) => {
        for (const [entity, deny, right] of [
            ['order', 'oroOrderList,salesOrderList', /refused \w+OrderList.*lacks the right: tick Sales, Order/],
            ['credit_memo', 'salesOrderCreditmemoInfo',
                /refused salesOrderCreditmemoInfo.*tick Sales, Order, Order credit memo, Retrieve credit memo info/],
            ['cart', 'oroQuoteList', /refused oroQuoteList.*tick Shopping cart/],
        ]) {
            const s = await shop(t, { user: 'limited' });
            await s.store.set({ deny });
            await s.assertFails(1, right);
            await s.assertOthersRead(entity);
            assert.equal(await s.tb.one(`SELECT count(*) FROM ${entity}s`), 0);
            const note = (await s.tb.runEntity(entity)).note;
            assert.match(note, right);
            await s.store.set({ deny: '' });
            await s.assertHeals();
        }
    });
});

describe('address', together, () => {
    test('unknown host', async (t) => {
        const tb = await Tollbook.create(t, { retries: 0 });
        await tb.addChannel({ url: 'http://no-such-shop.invalid/' });
        const done = await tb.run();
        assert.equal(done.code, 2);
        assert.match(done.err, /does not resolve: check the address/);
        assert.deepEqual(await tb.soundness(), []);
    });

    test('nobody listens', async (t) => {
        const s = await shop(t);
        s.store.child.kill();
        await s.assertFails(2, /does not accept the connection/);
    });

    test('a page that is not there: 404', async (t) => {
        const s = await shop(t);
        await s.store.fault('404');
        await s.assertFails(2, /No API at this address: the store answers 404/);
        await s.assertHeals();
    });

    test('maintenance: 503 is no reason to blame records', async (t) => {
        const s = await shop(t);
        await s.load();
        await s.store.pass(3600);
        await s.store.change('day', { count: 10 });
        await s.store.pass(3600);
        await s.store.fault('503');
        await s.assertFails(2, /in maintenance or overloaded \(503\)/);
        assert.deepEqual(await s.tb.quarantine(), []);
        await s.assertHeals();
    });

    test('a redirect elsewhere is shown, not followed', async (t) => {
        const elsewhere = await Store.start(t, { sizes: SMALL });
        const s = await shop(t);
        const before = await elsewhere.requests();
        await s.store.fault('redirect', { to: `${elsewhere.url}/api/v2_soap/` });
        const done = await s.assertFails(2, /redirect to/);
        assert.ok(done.err.includes(elsewhere.url), done.err);
        assert.equal(await elsewhere.requests(), before, 'the other server sees no request');
        await t.test('nor in the middle of a crawl', async () => {
            await s.store.clear();
            await s.store.fault('redirect', { to: `${elsewhere.url}/api/v2_soap/`, op: 'oroOrderList' });
            await s.assertFails(1, /redirect to/);
            assert.equal(await elsewhere.requests(), before);
            await s.assertOthersRead('order');
        });
        await s.assertHeals();
    });

    test('a description that names another host is not believed', async (t) => {
        const s = await shop(t);
        await s.store.fault('wrong_host');
        await s.load();
        await s.assertEqual();
    });

    test('a private address is refused unless it is allowed', async (t) => {
        const s = await shop(t, { conf: { private_stores: 'no' } });
        await s.assertFails(2, /leads to a private address: allow it under private_stores/);
        await s.tb.configure({ private_stores: '127.0.0.1:1, 10.0.0.1:80' });
        await s.assertFails(2, /private_stores/);
        assert.equal(await s.store.requests(), 0, 'not one request was sent');
        await s.tb.configure({ private_stores: `10.0.0.1:80, ${s.store.host}` });
        await s.assertHeals();
    });
});

describe('TLS', together, () => {
    test('self-signed, expired, for another host: refused; by a known issuer: accepted', async (t) => {
        const dir = await folder(t);
        const certs = await certificates(dir);
        const load = async (cert, args = []) => {
            const s = await shop(t, { store: { tls: cert, sizes: FEW }, args });
            return [s, await s.tb.run()];
        };
        for (const [name, words] of [
            ['selfsigned', /no secure connection.*(self.signed|certificate)/s],
            ['good', /no secure connection/],
            ['expired', /no secure connection/],
        ]) {
            const [s, done] = await load(certs[name]);
            assert.equal(done.code, 2, `${name}: ${done.err}`);
            assert.match(done.err, words);
            assert.match(done.err, /CA file/);
            assert.equal((await s.store.stats()).logins, 0, 'the key was not sent');
        }
        const ca = ['--ca-file', certs.ca];
        for (const [name, words] of [
            ['expired', /no secure connection.*expired/s],
            ['otherhost', /no secure connection/],
        ]) {
            const [s, done] = await load(certs[name], ca);
            assert.equal(done.code, 2, `${name}: ${done.err}`);
            assert.match(done.err, words);
            assert.equal((await s.store.stats()).logins, 0);
        }
        const [s, done] = await load(certs.good, ca);
        assert.equal(done.code, 0, done.err);
        await s.assertEqual();
    });

    // What is older than 1.2 is not spoken, whatever the system's OpenSSL would allow
    test('TLS 1.2 and later only', async (t) => {
        const dir = await folder(t);
        const certs = await certificates(dir);
        // an OpenSSL that allows everything, on both sides: the least version is our own word
        const lax = path.join(dir, 'lax.cnf');
        await writeFile(lax, 'openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = lax\n' +
            '[lax]\nMinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\n');
        const serve = async (version) => {
            const heard = [];
            const server = https.createServer({ cert: await readFile(certs.good[0]), key: await readFile(certs.good[1]),
                minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' }, (request, response) => {
                heard.push(request.socket.getProtocol());
                response.end('no store');
            });
            await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
            t.after(() => { server.close(); server.closeAllConnections(); });
            return { url: `https://127.0.0.1:${server.address().port}`, heard };
        };
        const asked = async ({ url }) => {
            const tb = await Tollbook.create(t, { retries: 0 });
            await tb.addChannel({ url, args: ['--ca-file', certs.ca] });
            return start(program('tollbook-sync'), tb.args(['run', 'shop']), { env: { OPENSSL_CONF: lax } }).done;
        };
        const curl = (url, ...args) => run('curl',
            ['-s', '-o', '/dev/null', '--cacert', certs.ca, ...args, url], { env: { OPENSSL_CONF: lax } });
        for (const version of ['TLSv1', 'TLSv1.1']) {
            const old = await serve(version);
            const able = await curl(old.url, '--tlsv1.0', '--tls-max', '1.1');
            if (able.code !== 0) {
                t.diagnostic(`${version}: this OpenSSL cannot speak it at all`);
                continue;
            }
            assert.deepEqual(old.heard.splice(0), [version]);
            const done = await asked(old);
            assert.equal(done.code, 2, done.err);
            assert.match(done.err, /no secure connection/);
            assert.deepEqual(old.heard, [], 'nothing was sent');
        }
        for (const version of ['TLSv1.2', 'TLSv1.3']) {
            const well = await serve(version);
            const done = await asked(well);
            assert.equal(done.code, 2);
            assert.doesNotMatch(done.err, /no secure connection/);
            assert.equal(well.heard[0], version);
        }
    });
});
