// The manual pages: what they say of commands, options, keys and exit codes is what the programs have,
// in both directions; and the version is one.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { program, root, run } from '../kit/programs.mjs';

const read = (file) => readFileSync(path.join(root, file), 'utf8');
const unique = (list) => [...new Set(list)].sort();
const all = (text, pattern) => unique([...text.matchAll(pattern)].map((found) => found[1]));

const PAGES = {
    tollbook: 'conf/man/tollbook.8',
    'tollbook-sync': 'conf/man/tollbook-sync.1',
    'tollbook-admin': 'conf/man/tollbook-admin.8',
};

// Lines of a page that explain something: those that begin an item of a list.
const items = (page) => page.split('\n').filter((line) => line.startsWith('.It ')).join('\n');
const synopsis = (page) => page.slice(page.indexOf('.Sh SYNOPSIS'), page.indexOf('.Sh DESCRIPTION'));
const optionsOf = (text) => all(text, /Fl -([a-z][a-z-]*)/g);

// "user add NAME" is named user add; "init | upgrade" are two.
function commandsIn(text) {
    return unique([...text.matchAll(/^(?:\.It )?\.?Cm ([a-z][a-z |-]*)/gm)].flatMap(([, words]) =>
        words.split('|').map((word) => word.trim())));
}

// The tables in the program's own text.
const optionsInCode = (source) => all(source, /\{"([a-z-]+)", (?:no|required)_argument/g);
const commandsInCode = (source) => {
    const table = source.match(/struct command \{[^]*?\} commands\[\] = \{([^]*?)\n\};/)?.[1] ?? '';
    return all(table, /^ +\{"([a-z -]+)"/gm);
};

async function helpOf(name) {
    const texts = [['--help'], ...(name === 'tollbook-admin' ? [['channel', 'add', '--help']] : [])]
        .map((args) => run(program(name), args));
    const done = await Promise.all(texts);
    done.forEach((one) => assert.equal(one.code, 0, one.err));
    return done.map((one) => one.out).join('');
}

describe('each program', () => {
    for (const [name, file] of Object.entries(PAGES)) {
        const page = read(file);
        const source = read(`cgi/${name}.c`);

        test(`${name}: options of the program, its --help and its page are the same`, async () => {
            const options = optionsInCode(source);
            assert.ok(options.includes('config') && options.includes('version'), 'the table was found');
            assert.deepEqual(optionsOf(items(page)), options);
            assert.deepEqual(optionsOf(synopsis(page)).filter((option) => !options.includes(option)), []);
            assert.deepEqual(all(await helpOf(name), /--([a-z][a-z-]*)/g), options);
        });

        test(`${name}: commands of the program, its --help and its page are the same`, async () => {
            const commands = commandsInCode(source);
            const described = page.slice(page.indexOf('The commands:'), page.search(/^(The options:|Options of every)/m));
            assert.equal(commands.length > 0, name !== 'tollbook');
            assert.deepEqual(name === 'tollbook' ? [] : commandsIn(items(described)), commands);
            assert.deepEqual(commandsIn(synopsis(page)), commands);
            const help = await helpOf(name);
            const listed = unique([...help.matchAll(/^  ([a-z][a-z-]*(?: [a-z]+)?)\b/gm)].map(([, words]) => words));
            assert.deepEqual(commands.filter((words) => !listed.includes(words)), []);
            assert.deepEqual(listed.filter((words) => !commands.includes(words)), []);
        });

        test(`${name}: exit codes of its --help stand in its page`, async () => {
            const codes = (await helpOf(name)).match(/Exit codes: ([^;.]*)[;.]/)[1];
            const section = page.slice(page.indexOf('.Sh EXIT STATUS'), page.indexOf('.Sh EXAMPLES'));
            assert.deepEqual(all(section, /^\.It (\d+)$/gm), all(codes.replace(/\s+/g, ' '), /(?:^|, )(\d+) /g));
        });

        test(`${name} --version`, async () => {
            const version = read('lib/base/version.h').match(/TB_VERSION "(.*)"/)[1];
            const done = await run(program(name), ['--version']);
            assert.deepEqual([done.code, done.out, done.err], [0, `${name} ${version}\n`, '']);
        });
    }
});

test('the changelog begins with this version', () => {
    const version = read('lib/base/version.h').match(/TB_VERSION "(.*)"/)[1];
    assert.equal(read('.github/CHANGELOG.md').match(/^## (.*)$/m)[1], version);
});

test('keys, their defaults and bounds: the page, the sample and the table are the same', () => {
    const text = (parts) => parts.replace(/TB_DATADIR "/, '"/usr/local/share/tollbook').replace(/TB_BINDIR "/, '"/usr/local/bin')
        .replaceAll('"', '').trim();
    const rows = [...read('lib/base/conf_keys.h').matchAll(/\{"(\w+)", KIND_(\w+), ([^,]*), (\d+), (\d+),/g)]
        .filter(([, , kind]) => kind !== 'DERIVED');
    const table = Object.fromEntries(rows.map(([, key, kind, fallback, least, most]) =>
        [key, { value: text(fallback), bounds: kind === 'INT' ? `${least} to ${most}` : '' }]));
    assert.ok(Object.keys(table).length > 40, 'the table was found');
    const page = read('conf/man/tollbook.conf.5').split(/^\.It Ic /m).slice(1);
    assert.deepEqual(Object.fromEntries(page.map((item) => {
        const [, key, value] = item.match(/^(\w+) =(.*)\n/);
        return [key, { value: value.trim(), bounds: item.match(/^From (\d+ to \d+)\.$/m)?.[1] ?? '' }];
    })), table);
    const sample = [...read('conf/tollbook.conf').matchAll(/^#?(\w+) =(.*)$/gm)].map(([, key, value]) => [key, value.trim()]);
    const own = sample.filter(([key]) => key !== 'secret_key_file'); // which it sets, for a reason that it gives
    assert.deepEqual(Object.fromEntries(own),
        Object.fromEntries(Object.entries(table).filter(([key]) => key !== 'secret_key_file').map(([key, { value }]) => [key, value])));
    assert.deepEqual(sample.map(([key]) => key), page.map((item) => item.match(/^\w+/)[0]), 'in the same order');
});

test('mandoc has nothing to say about the pages', async (t) => {
    if ((await run('sh', ['-c', 'command -v mandoc'])).code !== 0) {
        t.skip('mandoc is not installed');
        return;
    }
    const pages = readdirSync(path.join(root, 'conf/man')).map((name) => path.join('conf/man', name));
    assert.equal(pages.length, 4);
    const done = await run('mandoc', ['-Tlint', '-W', 'all', ...pages], { cwd: root });
    // whether pages of others are installed here is not about ours
    const said = (done.out + done.err).split('\n').filter((line) => line && !/referenced manual not found|outdated mandoc\.db/.test(line));
    assert.deepEqual(said, []);
});
