// What make builds and installs: nothing is left as other flags or paths made it, nothing is made
// again for nothing, and a demo that cannot listen says so.
import assert from 'node:assert/strict';
import { readFile, readdir, stat, symlink } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { folder, root, run } from '../kit/programs.mjs';

const exists = (file) => stat(file).then(() => true, () => false);

// The sources without what was built, in a folder where make may do as it likes.
async function checkout(t) {
    const dir = await folder(t);
    for (const name of await readdir(root)) {
        if (!name.startsWith('.') && name !== 'static') {
            await symlink(path.join(root, name), path.join(dir, name));
        }
    }
    await run('cp', ['-R', path.join(root, 'static'), dir]);
    return dir;
}

async function make(dir, ...args) {
    const done = await run('make', ['-C', dir, ...args], { env: { MAKEFLAGS: '', MAKELEVEL: '' } });
    assert.equal(done.code, 0, done.out + done.err);
    return done.out;
}

test('what other flags or paths concern is built again, and nothing else', async (t) => {
    const dir = await checkout(t);
    const object = '.build/lib/base/conf.o';
    const other = '.build/lib/base/buf.o';
    await make(dir, object, other);
    assert.doesNotMatch(await make(dir, object, other), /-c -o/);
    const elsewhere = await make(dir, object, other, 'PREFIX=/opt/tollbook');
    assert.match(elsewhere, /-c -o \S+conf\.o/);
    assert.doesNotMatch(elsewhere, /buf\.o lib/, 'which knows no path');
    assert.ok((await readFile(path.join(dir, object), 'latin1')).includes('/opt/tollbook/share/tollbook'));
    assert.match(await make(dir, object, other, 'PREFIX=/opt/tollbook', 'CFLAGS=-O1'), /buf\.o lib[^]*conf\.o lib|conf\.o lib[^]*buf\.o lib/);
    assert.doesNotMatch(await make(dir, object, other, 'PREFIX=/opt/tollbook', 'CFLAGS=-O1'), /-c -o/);
});

test('a template or a style concerns no npm package', async (t) => {
    const dir = await checkout(t);
    for (const touched of ['templates/login/login.cs', 'static/css/tollbook.css']) {
        const said = await make(dir, '-n', '-W', touched, '-o', 'static/node_modules/.package-lock.json', 'assets');
        assert.match(said, /build\.mjs/); // which keeps the rules that the templates need
        assert.doesNotMatch(said, /npm ci/);
    }
    assert.match(await make(dir, '-n', '-W', 'static/package-lock.json', 'assets'), /npm ci[^]*build\.mjs/);
});

test('an install elsewhere names no path of a plain one', async (t) => {
    const dir = await folder(t);
    await make(root, 'install', '-o', 'all', `DESTDIR=${dir}`, 'PREFIX=/opt/tollbook', 'SYSCONF=/opt/etc'); // as built already
    const conf = path.join(dir, 'opt/tollbook/share/tollbook/conf');
    const texts = await Promise.all((await readdir(conf)).map((name) => readFile(path.join(conf, name), 'utf8')));
    assert.deepEqual((await readdir(conf)).sort(), (await readdir(path.join(root, 'conf'))).filter((name) => name !== 'man').sort());
    assert.ok(texts.every((text) => !/\/usr\/local\/|[^t]\/etc\/tollbook/.test(text)));
    assert.ok(texts.some((text) => text.includes('ExecStart=/opt/tollbook/bin/tollbook --config /opt/etc/tollbook/tollbook.conf')));
    for (const file of ['opt/tollbook/bin/tollbook-sync', 'opt/tollbook/share/tollbook/templates/login/login.cs',
        'opt/tollbook/share/tollbook/static/icons.svg', 'opt/etc/tollbook/tollbook.conf']) {
        assert.ok(await exists(path.join(dir, file)), file);
    }
});

for (const [variable, what] of [['DEMO_PORT', 'the pages'], ['DEMO_STORE_PORT', 'the store']]) {
    test(`a demo whose port for ${what} is taken says so and how to choose another`, async (t) => {
        const dir = await checkout(t);
        const server = net.createServer((socket) => socket.end());
        await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
        t.after(() => server.close());
        const { port } = server.address();
        const free = net.createServer();
        await new Promise((done) => { free.listen(0, '127.0.0.1', done); });
        const others = { DEMO_PORT: String(free.address().port), DEMO_STORE_PORT: String(free.address().port) };
        await new Promise((done) => { free.close(done); });
        const done = await run('sh', [path.join(dir, 'tests/kit/demo.sh'), 'start'],
            { cwd: dir, env: { ...others, [variable]: String(port) } });
        assert.deepEqual([done.code, done.err.trim(), done.out],
            [1, `Demo not started: port ${port} is taken by another program: choose another: make demo ${variable}=${port + 10}`, '']);
    });
}
