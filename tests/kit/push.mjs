// A shop with two-way sync, and a person who changes its records: what the tests of the push share.
import assert from 'node:assert/strict';
import { program, run } from './programs.mjs';
import { shop } from './shop.mjs';

// Nothing waits for a store that stands still, and nothing but the tests decides when a row is due.
export const CONF = { push_wait_seconds: 0 };

export const MODES = [
    ['bridge', { mode: 'rpc' }],
    ['bridge, WS-I', { mode: 'wsi' }],
    ['core', { mode: 'rpc', bridge: 'no' }],
    ['core, WS-I', { mode: 'wsi', bridge: 'no' }],
];

// A new customer, and a new address.
export const PERSON = { firstname: 'Neu', lastname: 'Mann', email: 'neu.mann@example.com', store_origin_id: 1, group_origin_id: 1 };
export const PLACE = { firstname: 'Neu', lastname: 'Mann', street: 'Am Markt 1\nHof', city: 'Ulm', country: 'DE',
    postcode: '89073', telephone: '0731 1', region_origin_id: 80 };

// Loaded, with the store's clock an hour on, so that what changes from here on is seen as changed.
export async function twoWayShop(t, { store = {}, conf = {}, priority = 'remote' } = {}) {
    const s = await shop(t, { store, conf: { ...CONF, ...conf }, args: ['--two-way', priority] });
    await s.load();
    await s.store.pass(3600);
    return Object.assign(s, { person: new Person(s.tb), customers: await s.store.dump('customer') });
}

export class Person {
    constructor(tb) {
        this.tb = tb;
    }

    async does(what, ...args) {
        const done = await run(program('edit'), [this.tb.config, what, ...args.map(String)]);
        return { ...done, push: Number(done.out.split(' ')[0]), record: Number(done.out.split(' ')[1]) };
    }

    async mustDo(what, ...args) {
        const done = await this.does(what, ...args);
        assert.equal(done.code, 0, `${what} ${args.join(' ')}: ${done.err}`);
        return done;
    }

    change = async (entity, id, values) =>
        (await this.mustDo('update', entity, id, ...Object.entries(values).map(([k, v]) => `${k}=${v}`))).push;
    create = (entity, root, values) =>
        this.mustDo('create', entity, root, ...Object.entries(values).map(([k, v]) => `${k}=${v}`));
}

// A row of the outbox with its fields by name.
export async function row(tb, id) {
    const [found] = await tb.sql(`SELECT * FROM outbox WHERE id = ${id}`);
    found.fields = {};
    for (const f of await tb.sql(`SELECT * FROM outbox_fields WHERE outbox_id = ${id}`)) {
        found.fields[f.field] = f;
    }
    return found;
}

export const state = async (s, id) => (await row(s.tb, id)).state;
export const priority = (tb, side) => tb.sql(`UPDATE channels SET priority = '${side}'`);
export const pushMode = (tb, mode) => tb.sql(`UPDATE channels SET push_mode = '${mode}'`);
// Back-offs are over.
export const later = (tb) => tb.sql('UPDATE outbox SET next_try_at = 0');

export async function push(tb, code = 0) {
    const done = await tb.sync('push', 'shop');
    assert.equal(done.code, code, `push: ${done.err}`);
    return done;
}

// Whatever comes of it.
export async function pushAgain(s, times) {
    for (let i = 0; i < times; i++) {
        await later(s.tb);
        await s.tb.sync('push', 'shop');
    }
}

// A sending that breaks off, and the look afterwards does not come either.
async function breakOff(s, kind, params) {
    const look = params.op.startsWith('newsletter') ? 'newsletterSubscriberList' : 'oroCustomerList';
    await s.store.fault(kind, { times: 1, ...params });
    await s.store.fault('503', { op: look, after: 1, times: 0 });
    await s.tb.sync('push', 'shop');
    await s.store.clear();
}
export const pushIntoDoubt = (s, op) => breakOff(s, 'cut', { op, bytes: 200 }); // the store has done it
export const pushIntoVoid = (s, op) => breakOff(s, '500', { op }); // nothing arrived, which nobody can tell

// Rows wait for a person while the store is imported again.
export async function imports(s) {
    await s.tb.sql('UPDATE outbox SET next_try_at = unixepoch() + 3600');
    await s.store.pass(600);
    await s.load();
}

// What was pushed does not come back as a change: the next syncs find nothing, write no history.
export async function assertNoEcho(s) {
    const history = () => s.tb.one('SELECT count(*) FROM changes');
    const before = await history();
    await s.store.pass(600);
    for (let i = 0; i < 2; i++) {
        const done = await s.tb.run();
        assert.equal(done.code, 0, done.err);
        const { added, updated, quarantined } = await s.tb.lastRun();
        assert.deepEqual({ added, updated, quarantined }, { added: 0, updated: 0, quarantined: 0 });
        await s.store.pass(600);
    }
    assert.equal(await history(), before);
}

// The store's customer by id, with its addresses; undefined: not there.
export async function inStore(s, id) {
    return (await s.store.dump('customer', { from: id, to: id }))[0];
}

export const byEmail = async (s, email) => (await s.store.dump('customer')).filter((c) => c.email === email);
