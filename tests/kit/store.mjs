// A rehearsal store: its process, and its control interface (tests/store/README.md).
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import { spawn } from 'node:child_process';
import { program } from './programs.mjs';

// The same invented shop whatever day the test runs on.
export const ANCHOR = 1750000000; // 2025-06-15 15:06:40 UTC
export const KEY = 'rehearsal-key';

export class Store {
    // sizes: {customers, orders, carts, subscribers, memos}; more: further options as in {mode: 'wsi'}
    static async start(t, { sizes = {}, seed = 1, now = ANCHOR + 3600, host = '127.0.0.1', ...more } = {}) {
        const args = ['--listen', `${host}:0`, '--seed', seed, '--anchor', ANCHOR];
        if (now) {
            args.push('--now', now);
        }
        for (const [name, value] of Object.entries({ ...sizes, ...more })) {
            args.push(`--${name}`, ...[value].flat());
        }
        const child = spawn(program('rehearsal-store'), args.map(String), {
            stdio: ['ignore', 'pipe', 'inherit'],
        });
        const ended = once(child, 'exit');
        t.after(async () => {
            child.kill();
            await ended;
        });
        const lines = createInterface({ input: child.stdout });
        const first = await Promise.race([once(lines, 'line').then(([line]) => line), ended.then(() => '')]);
        const url = /^listening (\S+)$/.exec(first)?.[1];
        if (!url) {
            throw new Error(`rehearsal store not started: ${first}`);
        }
        return new Store(url.replace(/\/$/, ''), child, now);
    }

    constructor(url, child, now) {
        this.url = url;
        this.child = child;
        this.now = now;
        this.host = new URL(url).host;
    }

    // One request of ours; certificates are the business of the program under test.
    ask(method, path) {
        const { request } = this.url.startsWith('https:') ? https : http;
        return new Promise((resolve, reject) => {
            const sent = request(this.url + path, { method, rejectUnauthorized: false, agent: false }, (answer) => {
                const pieces = [];
                answer.on('data', (piece) => pieces.push(piece));
                answer.on('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(pieces).toString() }));
                answer.on('error', reject);
            });
            sent.on('error', reject);
            sent.end();
        });
    }

    async control(method, path, params = {}) {
        const query = new URLSearchParams(
            Object.entries(params).filter(([, v]) => v !== undefined).map(([k, v]) => [k, String(v)]),
        );
        const { status, text } = await this.ask(method, `/control/${path}?${query}`);
        if (status !== 200) {
            throw new Error(`control ${path} ${query}: ${status} ${text}`);
        }
        return text;
    }

    set = async (params) => JSON.parse(await this.control('POST', 'set', params));
    change = async (what, params) =>
        JSON.parse(await this.control('POST', 'change', { what, ...params }));
    fault = (kind, params) => this.control('POST', 'fault', { kind, ...params });
    clear = () => this.control('POST', 'clear');
    reset = () => this.control('POST', 'reset');
    stats = async () => JSON.parse(await this.control('GET', 'stats'));
    // All requests of the API since the counters were reset.
    requests = async () =>
        Object.values((await this.stats()).operations).reduce((sum, op) => sum + op.requests, 0);
    resetStats = () => this.control('POST', 'stats/reset');
    settings = async () => JSON.parse(await this.control('GET', 'settings'));

    // Lets the store's clock go on by so many seconds; it stands still otherwise.
    async pass(seconds) {
        this.now += seconds;
        await this.set({ now: this.now });
    }

    async dump(entity, params) {
        const text = await this.control('GET', 'dump', { entity, ...params });
        return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    }

    // Everything the shop holds: the store's own rows by entity.
    async shop() {
        const shop = {};
        for (const e of ['website', 'store', 'group', 'region', 'customer', 'cart', 'order', 'memo', 'subscriber']) {
            shop[e] = await this.dump(e);
        }
        return shop;
    }

    wsdl = async () => (await this.ask('GET', '/api/v2_soap/?wsdl=1')).text;
}
