// Starting our programs and ending them: by their pid, never by name.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const bin = process.env.TOLLBOOK_BIN || path.join(root, '.build');

export const program = (name) => path.join(bin, name);

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Waits until check() gives something true.
export async function until(what, check, { timeout = 20000, pause = 20 } = {}) {
    const end = Date.now() + timeout;
    for (;;) {
        const result = await check();
        if (result) {
            return result;
        }
        if (Date.now() > end) {
            throw new Error(`waited ${timeout} ms in vain: ${what}`);
        }
        await sleep(pause);
    }
}

// No program of ours takes so long; one that does goes round in circles.
const TOO_LONG = 480000; // a large shop on a busy machine

// A process under way: .pid, .kill(signal), .done (a promise of {code, signal, out, err, ms}).
export function start(file, args, { env = {}, cwd, limits } = {}) {
    const began = Date.now();
    // limits: of util-linux's prlimit, as in {fsize: 100000}
    const wrap = Object.entries(limits ?? {}).map(([name, value]) => `--${name}=${value}`);
    const [command, ...rest] = wrap.length ? ['prlimit', ...wrap, '--', file, ...args] : [file, ...args];
    const child = spawn(command, rest, {
        cwd,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out = [];
    const err = [];
    const alarm = setTimeout(() => {
        err.push(Buffer.from(`\nended after ${TOO_LONG} ms\n`));
        child.kill('SIGKILL');
    }, TOO_LONG);
    child.stdout.on('data', (piece) => out.push(piece));
    child.stderr.on('data', (piece) => err.push(piece));
    const done = new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code, signal) => {
            clearTimeout(alarm);
            const result = {
                code,
                signal,
                out: Buffer.concat(out).toString(),
                err: Buffer.concat(err).toString(),
                ms: Date.now() - began,
            };
            if (/(Address|Leak)Sanitizer|runtime error:/.test(result.err)) {
                reject(new Error(result.err)); // whatever the exit code would have meant
            } else {
                resolve(result);
            }
        });
    });
    return { pid: child.pid, child, done, kill: (signal) => child.kill(signal) };
}

export const run = (file, args, options) => start(file, args, options).done;

// A folder below the system's temporary one, gone when the test ends.
export async function folder(t, name = 'tollbook') {
    const dir = await mkdtemp(path.join(tmpdir(), `${name}-`));
    t.after(() => rm(dir, { recursive: true, force: true }));
    return dir;
}
