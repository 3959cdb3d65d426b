// The tarball and the installed files: it builds where there is no npm, and an uninstall leaves nothing
// of ours but the configuration.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { bin, folder, root, run } from '../kit/programs.mjs';

const QUIET = { MAKEFLAGS: '', MAKELEVEL: '' };

// All programs of this machine but those that the front-end files are made with.
async function pathWithoutNode(t) {
    const dir = await folder(t);
    for (const place of process.env.PATH.split(':').filter(existsSync)) {
        for (const name of await readdir(place)) {
            if (!/^(node|nodejs|npm|npx|corepack)$/.test(name) && !existsSync(path.join(dir, name))) {
                await symlink(path.join(place, name), path.join(dir, name)).catch(() => {});
            }
        }
    }
    return dir;
}

async function filesBelow(dir) {
    const entries = await readdir(dir, { withFileTypes: true });
    const lists = await Promise.all(entries.map((entry) =>
        (entry.isDirectory() ? filesBelow(path.join(dir, entry.name)) : [path.join(dir, entry.name)])));
    return lists.flat().sort();
}

test('the tarball builds without npm', { skip: existsSync(path.join(root, '.git')) ? false : 'no checkout of git' }, async (t) => {
    const version = (await readFile(path.join(root, 'lib/base/version.h'), 'utf8')).match(/TB_VERSION "(.*)"/)[1];
    const packed = await run('make', ['-s', '-C', root, 'dist'], { env: QUIET });
    assert.deepEqual([packed.code, packed.out], [0, `.build/tollbook-${version}.tar.gz\n`], packed.err);
    const dir = await folder(t);
    assert.equal((await run('tar', ['-xzf', path.join(root, packed.out.trim()), '-C', dir])).code, 0);
    assert.deepEqual(await readdir(dir), [`tollbook-${version}`]);
    const there = path.join(dir, `tollbook-${version}`);
    const tracked = (await run('git', ['-C', root, 'ls-files', '--', ':!.ci'])).out.trim().split('\n');
    const inside = (await filesBelow(there)).map((file) => path.relative(there, file));
    assert.deepEqual(inside.filter((file) => !file.startsWith('static/built/')), tracked.sort());

    // What is compiled already is linked anew: a source or header that the tarball lacks is missed all the same.
    const sanitize = bin.endsWith('/sanitize') ? ['SANITIZE=1'] : [];
    const objects = path.join(there, path.relative(root, bin));
    await mkdir(objects, { recursive: true });
    for (const name of ['lib', 'cgi', 'flags', 'paths', 'migrations.c', 'migrations.o', 'migrations.d']) {
        await cp(path.join(bin, name), path.join(objects, name), { recursive: true });
    }
    await run('find', [objects, '-name', '*.o', '-exec', 'touch', '{}', '+']);
    const env = { ...QUIET, PATH: await pathWithoutNode(t) };
    assert.notEqual((await run('sh', ['-c', 'command -v node || command -v npm'], { env })).code, 0);
    const built = await run('make', ['-C', there, ...sanitize], { env });
    assert.equal(built.code, 0, built.out + built.err);
    assert.doesNotMatch(built.out, /npm ci|node static/);
    const said = await run(path.join(objects, 'tollbook'), ['--version']);
    assert.equal(said.out, `tollbook ${version}\n`, said.err);
    for (const name of ['icons.svg', 'tabler.min.css', 'tollbook.css', 'tollbook.js', 'htmx.min.js']) {
        assert.deepEqual(await readFile(path.join(there, '.build/static', name)), await readFile(path.join(root, '.build/static', name)));
    }
});

test('an uninstall leaves the configuration, and what is not ours', async (t) => {
    const dir = await folder(t);
    const make = async (...args) => {
        const done = await run('make', ['-C', root, ...args, `DESTDIR=${dir}`], { env: QUIET });
        assert.equal(done.code, 0, done.out + done.err);
    };
    const others = path.join(dir, 'usr/local/share/man/man1');
    await mkdir(others, { recursive: true });
    await cp(path.join(root, 'LICENSE'), path.join(others, 'other.1'));
    await make('install', '-o', 'all');
    const installed = (await filesBelow(dir)).map((file) => path.relative(dir, file));
    for (const file of ['bin/tollbook', 'bin/tollbook-admin', 'bin/tollbook-sync', 'share/man/man1/tollbook-sync.1',
        'share/man/man5/tollbook.conf.5', 'share/man/man8/tollbook.8', 'share/man/man8/tollbook-admin.8']) {
        assert.ok(installed.includes(`usr/local/${file}`), file);
    }
    await make('uninstall');
    assert.deepEqual((await filesBelow(dir)).map((file) => path.relative(dir, file)),
        ['etc/tollbook/tollbook.conf', 'usr/local/share/man/man1/other.1']);
});

test('an installed page names the paths of this install', async (t) => {
    const dir = await folder(t);
    const done = await run('make', ['-C', root, 'install', '-o', 'all', `DESTDIR=${dir}`, 'PREFIX=/opt/tollbook', 'SYSCONF=/opt/etc'],
        { env: QUIET });
    assert.equal(done.code, 0, done.out + done.err);
    const page = await readFile(path.join(dir, 'opt/tollbook/share/man/man5/tollbook.conf.5'), 'utf8');
    assert.match(page, /^\.It Ic templates = \/opt\/tollbook\/share\/tollbook\/templates$/m);
    assert.match(page, /^\.It Pa \/opt\/etc\/tollbook\/tollbook\.conf$/m);
    assert.doesNotMatch(page, /\/usr\/local\//);
});
