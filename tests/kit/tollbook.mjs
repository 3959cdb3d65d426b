// An installation of Tollbook in a folder of its own, with short pauses between retries.
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { folder, program, run, start } from './programs.mjs';
import { KEY } from './store.mjs';

export const ENTITIES = [
    'website', 'store', 'customer_group', 'region', 'customer', 'customer_address', 'cart', 'cart_item',
    'cart_address', 'order', 'order_item', 'order_address', 'order_note', 'credit_memo',
    'credit_memo_item', 'credit_memo_note', 'subscriber',
];

const CONF = {
    private_stores: 'yes',
    retries: 2,
    retry_first_ms: 20,
    retry_max_ms: 100,
    connect_timeout: 5,
    login_timeout: 10,
    call_timeout: 10,
    list_timeout: 20,
};

const SOUNDNESS = `
    SELECT 'integrity: ' || integrity_check AS wrong FROM pragma_integrity_check WHERE integrity_check <> 'ok'
    UNION ALL SELECT 'foreign key: ' || "table" || ' ' || rowid FROM pragma_foreign_key_check
    UNION ALL SELECT 'run ' || id || ' does not add up' FROM runs
        WHERE read <> added + updated + unchanged + quarantined
    UNION ALL SELECT 'run ' || run_id || ': ' || entity || ' does not add up' FROM run_entities
        WHERE read <> added + updated + unchanged + quarantined
    UNION ALL SELECT 'run ' || id || ' and its parts differ' FROM runs r
        WHERE (read, added, updated, unchanged, quarantined) <> (SELECT total(read), total(added),
            total(updated), total(unchanged), total(quarantined) FROM run_entities WHERE run_id = r.id)`;

export class Tollbook {
    static async create(t, conf = {}) {
        const dir = await folder(t);
        const tb = new Tollbook(dir);
        await tb.configure(conf);
        const made = await tb.admin('init');
        if (made.code !== 0) {
            throw new Error(`no database: ${made.err}`);
        }
        return tb;
    }

    constructor(dir) {
        this.dir = dir;
        this.database = path.join(dir, 'tollbook.db');
        this.config = path.join(dir, 'tollbook.conf');
    }

    async configure(conf = {}) {
        this.conf = { ...CONF, ...this.conf, ...conf };
        const all = { database: this.database, secret_key_file: path.join(this.dir, 'secret.key'), ...this.conf };
        const lines = Object.entries(all).map(([key, value]) => `${key} = ${value}\n`);
        await writeFile(this.config, lines.join(''));
    }

    // Another installation with the same rows, as they are now: nobody may be writing.
    async copy(t) {
        const twin = new Tollbook(await folder(t));
        await twin.becomeCopyOf(this);
        return twin;
    }

    // What this one had before is gone.
    async becomeCopyOf(other) {
        this.conf = other.conf;
        await rm(this.dir, { recursive: true, force: true });
        await mkdir(this.dir, { recursive: true });
        for (const name of ['tollbook.db', 'tollbook.db-wal', 'secret.key']) {
            await copyFile(path.join(other.dir, name), path.join(this.dir, name)).catch((err) => {
                if (err.code !== 'ENOENT') {
                    throw err;
                }
            });
        }
        await this.configure();
    }

    // The exports of those entities as they are printed, in one go: much faster than one by one.
    async exportText(entities) {
        const script = 'for e in $1; do echo "== $e"; "$2" export "$e" --format jsonl --config "$3" || exit 1; done';
        const done = await run('sh', ['-c', script, 'sh', entities.join(' '), program('tollbook-sync'), this.config]);
        assert.equal(done.code, 0, done.err);
        return done.out;
    }

    args = (args) => [...args.map(String), '--config', this.config];
    admin = (...args) => run(program('tollbook-admin'), this.args(args));
    sync = (...args) => run(program('tollbook-sync'), this.args(args));
    begin = (args, options) => start(program('tollbook-sync'), this.args(args), options);
    run = (...args) => this.sync('run', 'shop', ...args);

    async addChannel({ name = 'shop', url, key = KEY, user = 'api', args = [] }) {
        const file = path.join(this.dir, 'api-key');
        await writeFile(file, `${key}\n`);
        const http = url.startsWith('http:') ? ['--allow-http'] : [];
        const added = await this.admin(
            'channel', 'add', name, '--url', url, '--user', user, '--key-file', file, ...http, ...args);
        if (added.code !== 0) {
            throw new Error(`no channel: ${added.err}`);
        }
    }

    // Another address or API user, with the key entered anew, since it is bound to both.
    async reconnect({ url = '-', user = '-', key = KEY }) {
        const done = await run(program('edit'), [this.config, 'connect', url, user, key]);
        assert.equal(done.code, 0, done.err);
    }

    async export(entity, ...args) {
        const done = await this.sync('export', entity, '--format', 'jsonl', ...args);
        if (done.code !== 0) {
            throw new Error(`export ${entity}: ${done.err}`);
        }
        return done.out.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    }

    async exportAll(entities = ENTITIES) {
        const all = {};
        for (const entity of entities) {
            all[entity] = await this.export(entity);
        }
        return all;
    }

    // A look past the programs, by SQLite's own shell.
    async sql(query) {
        const done = await run('sqlite3', ['-json', '-cmd', '.timeout 10000', this.database, query]);
        if (done.code !== 0) {
            throw new Error(`${query}: ${done.err}`);
        }
        return done.out.trim() ? JSON.parse(done.out) : [];
    }

    one = async (query) => Object.values((await this.sql(query))[0] ?? {})[0];
    lastRun = async () => (await this.sql('SELECT * FROM runs ORDER BY id DESC LIMIT 1'))[0];
    runEntity = async (entity) =>
        (await this.sql(`SELECT * FROM run_entities WHERE entity = '${entity}' ORDER BY run_id DESC LIMIT 1`))[0];
    messages = async () =>
        (await this.sql('SELECT message FROM run_messages ORDER BY id')).map((row) => row.message);
    quarantine = () => this.sql('SELECT * FROM quarantine ORDER BY entity, origin_id');

    // Every byte the database consists of.
    async bytes() {
        const names = (await readdir(this.dir)).filter((name) => name.startsWith('tollbook.db'));
        return Buffer.concat(await Promise.all(names.map((name) => readFile(path.join(this.dir, name)))));
    }

    // What must hold after every run, however it ended: a list of what does not. more: a query of
    // texts beside these, before: statements ahead of it.
    async soundness(more = 'SELECT NULL', before = '') {
        const rows = await this.sql(
            `${before}; SELECT * FROM (${SOUNDNESS} UNION ALL ${more}) WHERE wrong IS NOT NULL`);
        return rows.map((row) => row.wrong);
    }
}
