// The house: which floor may name which library, which way includes point, where SQL may stand, how
// long files and functions may be. What this test refuses is what a review would.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const floors = { base: 0, db: 1, net: 1, entity: 2, magento: 3, crm: 4, sync: 5, web: 6 };

function files(folder, pattern) {
  const found = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules') continue;
    if (entry.isDirectory()) found.push(...files(path, pattern));
    else if (pattern.test(entry.name)) found.push(path);
  }
  return found;
}

const read = (path) => readFileSync(join(root, path), 'utf8');
const sources = [...files('lib', /\.[ch]$/), ...files('cgi', /\.[ch]$/)];
const includes = (text) => [...text.matchAll(/^#include\s+[<"]([^>"]+)[>"]/gm)].map((m) => m[1]);

const homes = [
  [/^sqlite3\.h$/, /^lib\/db\//],
  [/^curl\//, /^lib\/net\//],
  [/^(libxml|yajl)\//, /^lib\/magento\//],
  [/^(ClearSilver|util\/neo_|cs\/cs)/, /^lib\/web\//],
  [/^(fcgi|fcgiapp|fcgi_stdio|fcgios)/, /^(lib\/web\/|cgi\/tollbook\.c$)/],
  [/^sodium/, /^lib\/base\//],
];

test('each foreign header stays on its floor', () => {
  const wrong = [];
  for (const path of sources)
    for (const name of includes(read(path)))
      for (const [header, home] of homes)
        if (header.test(name) && !home.test(path)) wrong.push(`${path}: ${name}`);
  assert.deepEqual(wrong, []);
});

test('includes point to the same floor or down', () => {
  const wrong = [];
  for (const path of files('lib', /\.[ch]$/)) {
    const own = path.split('/')[1];
    assert.ok(own in floors, `${path}: no such floor`);
    for (const name of includes(read(path))) {
      const other = name.split('/')[0];
      if (!name.includes('/') || !(other in floors)) continue;
      // db and net share a floor, but neither knows the other
      const sideways = other !== own && floors[other] === floors[own];
      if (floors[other] > floors[own] || sideways) wrong.push(`${path}: ${name}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('the top level holds what the design names', () => {
  const named = ['Makefile', 'README.md', 'LICENSE', 'cgi', 'conf', 'lib', 'static', 'templates', 'tests'];
  const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');
  const top = new Set(tracked.filter(Boolean).map((p) => p.split('/')[0]).filter((p) => !p.startsWith('.')));
  assert.deepEqual([...top].filter((p) => !named.includes(p)), []);
});

test('cgi holds no SQL', () => {
  const sql = /"[^"\n]*\b(SELECT\s+[\w*(]|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE|PRAGMA\s)/;
  assert.deepEqual(files('cgi', /\.[ch]$/).filter((path) => sql.test(read(path))), []);
});

test('handlers print no HTML', () => {
  const html = /"[^"\n]*<\/?(div|p|span|table|tr|td|html|body|a|form)\b/;
  const wrong = [...files('cgi', /\.c$/), ...files('lib/web', /\.c$/)].filter((path) => html.test(read(path)));
  assert.deepEqual(wrong, []);
});

test('templates pass the lint', () => {
  execFileSync('node', [join(root, 'tests/web/lint.mjs')], { cwd: root, encoding: 'utf8' });
});

test('colours of the style sheet keep their contrast', () => {
  execFileSync('node', [join(root, 'tests/web/contrast.mjs')], { cwd: root, encoding: 'utf8' });
});

test('no file is longer than 600 lines', () => {
  const all = [...sources, ...files('templates', /\.cs$/), ...files('tests', /\.([ch]|mjs)$/), ...files('static/js', /\.js$/)];
  const long = all.map((path) => [path, read(path).split('\n').length - 1]).filter(([, n]) => n > 600);
  assert.deepEqual(long, []);
});

// A function in our style begins with `{` in column 0 and ends with `}` in column 0.
function functions(path) {
  const lines = read(path).split('\n');
  const found = [];
  let start = -1;
  lines.forEach((line, i) => {
    if (line === '{') start = i;
    else if (line === '}' && start >= 0) {
      found.push([`${path}:${start}`, i - start + 1]);
      start = -1;
    }
  });
  return found;
}

test('no function is longer than 80 lines', () => {
  const all = [...sources, ...files('tests', /\.c$/)].flatMap(functions);
  assert.ok(all.length > 300, 'functions were found at all');
  assert.deepEqual(all.filter(([, n]) => n > 80), []);
});

test('every source file begins by saying what it is for', () => {
  const silent = sources.filter((path) => !/^\/\*/.test(read(path)));
  assert.deepEqual(silent, []);
});

test('the lock file names no place to download from', () => {
  const lock = join(root, 'static/package-lock.json');
  assert.ok(existsSync(lock) && statSync(lock).size > 0);
  assert.doesNotMatch(readFileSync(lock, 'utf8'), /"resolved"/);
});

test('versions of front-end packages are pinned', () => {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(read('static/package.json'));
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, `${relative('.', name)} ${version}`);
});

// What Node 18.20, Debian 12's own, does not have: a test that names it would never load there, or fail.
const tooNew = [
  /\bsuite\b/, // of node:test: describe
  /\bt\.(plan|assert|waitFor)\b|\bsnapshot\s*\(/,
  /\.(toReversed|toSorted|toSpliced|isWellFormed|toWellFormed)\(|\.with\(\s*-?\w+\s*,/,
  /\b(Array\.fromAsync|Object\.groupBy|Map\.groupBy|Promise\.(withResolvers|try)|RegExp\.escape|Iterator\.from)\b/,
  /\.(isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(|\bset\w*\.(union|intersection|difference)\(/i,
  /\.(values|keys|entries)\(\)\s*\.(map|filter|some|every|find|reduce|take|drop|flatMap|forEach|toArray)\(/,
  /\.matchAll\([^()]*\)\s*\.(map|filter|some|every|find|reduce|take|drop|flatMap|forEach|toArray)\(/,
  /\bimport\.meta\.(dirname|filename|resolve)\b/,
  /['"]node:(sqlite|sea|test\/reporters)['"]|\bmock\.timers\b/,
  /\b(globSync|styleText|loadEnvFile|parseEnv|openAsBlob|getBuiltinModule|AbortSignal\.any|URL\.parse|ReadableStream\.from)\b/,
  /\bnew (WebSocket|File|CustomEvent)\(|\bglobalThis\.(crypto|navigator)\b/,
  /^\s*(await )?using \w+ =/m,
];

test('tests and build ask for no newer Node than that of Debian 12', () => {
  const own = 'tests/web/house.test.mjs'; // it has to name them
  const all = [...files('tests', /\.m?js$/).filter((path) => path !== own), 'static/build.mjs'];
  const wrong = all.flatMap((path) => {
    const code = read(path).replace(/^\s*\/\/.*$/gm, '');
    return tooNew.flatMap((pattern) => code.match(pattern)?.[0] ?? []).map((found) => `${path}: ${found}`);
  });
  assert.deepEqual(wrong, []);
});

test('every test has a name that the check finds', () => {
  const wrong = files('tests', /\.(mjs|c)$/).filter((path) => {
    const isTest = /\.test\.mjs$/.test(path) || /^tests\/unit\/test_\w+\.c$/.test(path);
    return !isTest && /from ['"]node:test['"]|cmocka_run_group_tests/.test(read(path)) && !path.startsWith('tests/kit/');
  });
  assert.deepEqual(wrong, []);
});
