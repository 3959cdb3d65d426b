// A rehearsal store: its process, and its control interface (tests/store/README.md).
import { once } from 'node:events';
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

    // The control interface stays plain HTTP on the same port, also behind TLS.
    async control(method, path, params = {}) {
        const query = new URLSearchParams(
            Object.entries(params).filter(([, v]) => v !== undefined).map(([k, v]) => [k, String(v)]),
        );
        const answer = await fetch(`${this.url}/control/${path}?${query}`, { method });
        const text = await answer.text();
        if (!answer.ok) {
            throw new Error(`control ${path} ${query}: ${answer.status} ${text}`);
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

    wsdl = async () => (await fetch(`${this.url}/api/v2_soap/?wsdl=1`)).text();
}
