// Runs test files, each as a process of its own, side by side where they ask for no speed, and ends
// with a table of files and their counts by folder and one plain line: N passed, N failed[, N skipped].
// A file that does not load, ends badly or contributes no test is a failure of its own.
//   check.mjs [FILE...]   without files: all of tests/; FILE is a tests/unit/test_X.c, a *.test.mjs, or
//                         a folder of them
// What a file said stays in .build/check/FILE.log (or below CHECK_LOGS).
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { bin, root } from './programs.mjs';

const logs = process.env.CHECK_LOGS ?? path.join(root, '.build/check');

// Most of what a test does is wait: for a store's pauses, for programs that were told to end.
const LANES = availableParallelism() + 1;

// The longest go first, so that none is left to run alone at the end.
const LONG = ['tests/fuzz/fuzz', 'tests/sync/verify', 'tests/sync/kill', 'tests/browser/browser', 'tests/sync/care.load'];

function testFiles(folder) {
    return readdirSync(path.resolve(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const file = path.join(folder, entry.name);
        if (entry.isDirectory()) {
            return testFiles(file);
        }
        const isTest = entry.name.endsWith('.test.mjs') || (folder === 'tests/unit' && /^test_.*\.c$/.test(entry.name));
        return isTest ? [file] : [];
    });
}

const isFolder = (name) => statSync(path.resolve(root, name), { throwIfNoEntry: false })?.isDirectory() ?? false;

function allFiles(named) {
    const rank = (file) => {
        const found = LONG.findIndex((start) => file.startsWith(`${start}.`));
        return found < 0 ? LONG.length : found;
    };
    const files = named.flatMap((name) => (isFolder(name) ? testFiles(name) : [name]));
    return files.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

// A unit test says cmocka's TAP, a module node's.
function commandOf(file) {
    if (file.endsWith('.c')) {
        return [path.join(bin, 'unit', path.basename(file, '.c')), []];
    }
    return [process.execPath, ['--test', '--test-reporter=tap', file]];
}

const countOf = (text, pattern) => text.match(pattern)?.length ?? 0;

function unitCounts(text) {
    const skipped = countOf(text, /^ok \d+ - .*# SKIP/gm);
    return { passed: countOf(text, /^ok \d+ - /gm) - skipped, failed: countOf(text, /^not ok \d+ - /gm), skipped };
}

// Under a file's own name node counts a file without a test as one that passed, and one that did not
// load, or ended before its tests did, as one that failed.
function moduleCounts(text, file) {
    const total = (word) => Number(text.match(new RegExp(`^# ${word} \\d+$`, 'gm'))?.at(-1).split(' ').at(-1) ?? 0);
    const names = [file, path.resolve(root, file)];
    const lines = text.split('\n').map((line) => line.replace(/^((?:not )?ok) \d+ - /, '$1 '));
    const own = (word) => lines.filter((line) => names.some((name) => line === `${word} ${name}`)).length;
    return {
        passed: total('pass') - own('ok'),
        failed: total('fail') + total('cancelled'),
        skipped: total('skipped') + total('todo'),
        brokeOff: own('not ok') > 0,
    };
}

// What is wrong with a file as a whole, and how many failures that adds to those of its tests.
function faultOf(counts, code, error) {
    if (error) {
        return [`did not start: ${error.message}`, 1];
    }
    if (counts.brokeOff) {
        return ['did not load, or broke off', 0];
    }
    if (counts.failed > 0) {
        return [null, 0];
    }
    if (code !== 0) {
        return [`ended with ${code}`, 1];
    }
    return counts.passed + counts.skipped === 0 ? ['contributes no test', 1] : [null, 0];
}

function runFile(file) {
    const log = path.join(logs, `${file.replace(/^tests\//, '').replaceAll('/', '-')}.log`);
    const began = Date.now();
    const out = openSync(log, 'w');
    const [command, args] = commandOf(file);
    const env = { ...process.env, CMOCKA_MESSAGE_OUTPUT: 'TAP' };
    delete env.NODE_TEST_CONTEXT; // a check that a test starts is none of that test's parts
    return new Promise((resolve) => {
        const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', out, out] });
        closeSync(out); // the child has its own
        const end = (code, error) => {
            const text = readFileSync(log, 'utf8');
            const counts = file.endsWith('.c') ? unitCounts(text) : moduleCounts(text, file);
            const [fault, more] = faultOf(counts, code, error);
            counts.failed += more;
            resolve({ file, log, text, fault, seconds: (Date.now() - began) / 1000, ...counts });
        };
        child.on('error', (error) => end(null, error));
        child.on('close', (code, signal) => end(signal ?? code));
    });
}

const counts = (r) => [
    String(r.passed).padStart(5), 'passed', String(r.failed).padStart(4), 'failed', String(r.skipped).padStart(4), 'skipped',
].join(' ');

async function runAll(files) {
    const waiting = [...files];
    const results = [];
    const lane = async () => {
        while (waiting.length > 0) {
            const result = await runFile(waiting.shift());
            results.push(result);
            const seconds = `${result.seconds.toFixed(1)} s`.padStart(8);
            console.log(`${result.file.padEnd(44)}${counts(result)} ${seconds}${result.fault ? `: ${result.fault}` : ''}`);
        }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return results.sort((a, b) => (a.file < b.file ? -1 : 1));
}

const sum = (results) => results.reduce(
    (all, r) => ({ passed: all.passed + r.passed, failed: all.failed + r.failed, skipped: all.skipped + r.skipped }),
    { passed: 0, failed: 0, skipped: 0 });

function tellFailures(results) {
    for (const { file, log, text, fault } of results.filter((r) => r.failed > 0)) {
        console.log(`---- ${file}${fault ? `: ${fault}` : ''} (${path.relative(root, log)})`);
        const lines = text.split('\n').flatMap((line, i) =>
            (/^ *not ok|Error|error:|FAILED|Sanitizer|assert/.test(line) ? [`${i + 1}:${line}`] : []));
        console.log(lines.slice(0, 30).join('\n'));
    }
}

function tellTable(results) {
    for (const folder of new Set(results.map((r) => path.dirname(r.file)))) {
        const own = results.filter((r) => path.dirname(r.file) === folder);
        console.log(`\n${`${folder}: ${own.length} files`.padEnd(44)}${counts(sum(own))}`);
        own.forEach((r) => console.log(`  ${path.basename(r.file).padEnd(42)}${counts(r)}`));
    }
}

rmSync(logs, { recursive: true, force: true });
mkdirSync(logs, { recursive: true });
const named = process.argv.slice(2);
const results = await runAll(allFiles(named.length > 0 ? named : ['tests']));
const total = sum(results);
tellFailures(results);
tellTable(results);
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;
