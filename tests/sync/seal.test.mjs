// A store's key goes where it was entered for, and nowhere else, whoever writes to the database.
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { KEY } from '../kit/store.mjs';
import { shop } from '../kit/shop.mjs';

const SIZES = { customers: 6, orders: 5, carts: 1, subscribers: 2, memos: 1 };
const small = (t, more) => shop(t, { store: { sizes: SIZES, ...more } });

// Somebody's own host: keeps what it is sent and passes nothing on.
async function thief(t) {
    const heard = [];
    const server = http.createServer((req, res) => {
        req.on('data', (part) => heard.push(part));
        heard.push(Buffer.from(JSON.stringify(req.headers)));
        req.on('end', () => res.end('<html></html>'));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    t.after(() => { server.close(); server.closeAllConnections(); });
    return { url: `http://127.0.0.1:${server.address().port}`, heard: () => Buffer.concat(heard).toString() };
}

const MOVES = {
    'to another host': (s, url) => `UPDATE channels SET url = replace(url, '${s.store.url}', '${url}')`,
    'to another user': () => "UPDATE channels SET api_user = 'somebody'",
    'to another CA file': () => "UPDATE channels SET ca_file = '/etc/ssl/certs/ca-certificates.crt'",
    'into the place of another secret': () => "UPDATE channels SET basic_user = 'x', basic_password_sealed = api_key_sealed",
};

for (const [what, sql] of Object.entries(MOVES)) {
    test(`a key that is moved ${what} is not used`, async (t) => {
        const s = await small(t);
        const other = await thief(t);
        await s.tb.sql(sql(s, other.url));
        for (const command of [['run', 'shop'], ['check', 'shop'], ['verify', 'shop'], ['push', 'shop']]) {
            const done = await s.tb.sync(...command);
            assert.notEqual(done.code, 0, command[0]);
        }
        assert.match((await s.tb.sync('run', 'shop')).err, /entered for another address, user or CA file/);
        assert.equal(other.heard(), '');
    });
}

test('entering the key again makes it good', async (t) => {
    const s = await small(t);
    await s.tb.sql("UPDATE channels SET url = replace(url, '127.0.0.1', 'localhost')");
    assert.notEqual((await s.tb.sync('run', 'shop')).code, 0);
    await s.tb.reconnect({ key: KEY });
    await s.load();
});

// A database and a key file as version 13 left them: the key alone is sealed.
async function asBefore(s) {
    const file = path.join(s.tb.dir, 'secret.key');
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, 65));
    const sealed = await s.person_seal();
    await s.tb.sql(`UPDATE channels SET api_key_sealed = '${sealed}'`);
    return sealed;
}

for (const way of ['the next run', 'upgrade']) {
    test(`seals of a former version are bound by ${way}, and an old one is not taken again`, async (t) => {
        const s = await small(t);
        const { run, program } = await import('../kit/programs.mjs');
        s.person_seal = async () => (await run(program('edit'), [s.tb.config, 'seal-unbound', KEY])).out.trim();
        const old = await asBefore(s);
        assert.match((await s.tb.admin('doctor')).out, /secret key file.*former version/);
        if (way === 'upgrade') assert.equal((await s.tb.admin('upgrade')).code, 0);
        await s.load();
        const bound = await s.tb.one('SELECT api_key_sealed FROM channels');
        assert.notEqual(bound, old);
        const file = path.join(s.tb.dir, 'secret.key');
        assert.match(await readFile(file, 'utf8'), /^[0-9a-f]{64}\nbound\n$/);
        assert.equal((await stat(file)).mode & 0o777, 0o600);
        await s.tb.sql(`UPDATE channels SET api_key_sealed = '${old}'`);
        assert.match((await s.tb.sync('run', 'shop')).err, /entered for another address/);
    });
}
