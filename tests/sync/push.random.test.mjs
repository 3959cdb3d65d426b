// People and a store that change the same records in any order, while answers break off, imports
// pass, rows are chosen, dropped and written back. Whatever happened, at the end both sides have the
// same, the same that somebody wrote last; and whose value lost can be told from the outbox.
// SEED=N ROUNDS=N node --test tests/sync/push.random.test.mjs goes on where this one stops.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dice } from '../kit/dice.mjs';
import { later, PERSON, PLACE, pushMode, twoWayShop } from '../kit/push.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 12);
const SEED = Number(process.env.SEED ?? 1);
const SIZES = { customers: 45, orders: 10, carts: 2, subscribers: 10, memos: 1 };
const PEOPLE = 8;
const CALLS = { customer: 'oroCustomerUpdate', customer_address: 'customerAddressUpdate' };
const CREATIONS = ['oroCustomerCreate', 'customerAddressCreate'];
const TABLES = { customer: 'customers', customer_address: 'customer_addresses' };
const FIELDS = { customer: ['firstname', 'lastname'], customer_address: ['street', 'city'] };

const OPEN = "('waiting', 'approval', 'sending', 'conflict', 'failed')";

class Game {
    constructor(s, seed) {
        this.s = s;
        this.roll = dice(seed);
        this.told = []; // what was done, for whoever reads a failure
        this.cells = s.customers.filter((c) => c.addresses.length > 0).slice(0, PEOPLE).flatMap((c) => [
            ...FIELDS.customer.map((field) => this.cell('customer', c, field, c)),
            ...FIELDS.customer_address.map((field) => this.cell('customer_address', c.addresses[0], field, c)),
        ]);
        this.made = [];
        this.count = 0;
    }

    // One field of one record, with what each side wrote into it.
    cell(entity, record, field, customer) {
        return { entity, id: record.entity_id, field, owner: customer.entity_id, here: [], store: [], past: [record[field]],
            isLoose: false, isMuddled: false };
    }

    pick = (list) => list[Math.floor(this.roll() * list.length)];
    happens = (share) => this.roll() < share;
    tell = (...words) => this.told.push(words.join(' '));
    nameOf = (c) => `${c.entity} ${c.id} ${c.field}`;

    // A value that was never there, or one that was: then nobody can tell whose it is.
    value(c, side) {
        const isNew = this.happens(0.85);
        const value = isNew ? `${side} ${++this.count}` : this.pick(c.past);
        c.isLoose ||= !isNew;
        c.past.push(value);
        return value;
    }

    async inStore(c) {
        const [customer] = await this.s.store.dump('customer', { from: c.owner, to: c.owner });
        return c.entity === 'customer' ? customer[c.field] : customer.addresses.find((a) => a.entity_id === c.id)[c.field];
    }

    here = (c) => this.s.tb.one(`SELECT ${c.field} FROM ${TABLES[c.entity]} WHERE origin_id = ${c.id}`);

    // What a person who looks at the record and its changes can see of the store's side.
    async known(c) {
        const rows = await this.s.tb.sql(`SELECT f.store_value AS v FROM outbox o JOIN outbox_fields f ON f.outbox_id = o.id
            WHERE o.state IN ${OPEN} AND o.entity = '${c.entity}' AND o.origin_id = ${c.id} AND f.field = '${c.field}'`);
        return [await this.here(c), ...rows.map((r) => r.v)];
    }

    async edit() {
        const c = this.pick(this.cells);
        const value = this.value(c, 'Here');
        const knows = await this.known(c);
        const over = await this.endedRows(c);
        const done = await this.s.person.does('update', c.entity, c.id, `${c.field}=${value}`);
        this.tell(this.nameOf(c), '<-', value, done.code ? done.err.trim() : `(${done.push})`);
        if (done.code === 0 && value !== knows[0]) {
            c.here.push({ value, knows, over, n: this.count });
        }
    }

    async changeInStore() {
        const c = this.pick(this.cells);
        const value = this.value(c, 'Store');
        const had = await this.inStore(c);
        const over = await this.endedRows(c);
        const what = c.entity === 'customer' ? 'customer.touch' : 'address.update';
        await this.s.store.change(what, { id: c.id, field: c.field, value });
        if (c.entity !== 'customer') { // else no import would read it
            await this.s.store.change('customer.touch', { id: c.owner, field: 'suffix', value });
        }
        this.tell(this.nameOf(c), 'in the store <-', value);
        c.store.push({ value, had, over, n: this.count });
    }

    // What has few values: only that both sides have the same at the end is asked of it.
    async noise() {
        const { subscriber_id: who } = this.pick(await this.s.store.dump('subscriber'));
        const { id, owner } = this.pick(this.cells.filter((c) => c.entity === 'customer_address'));
        const acts = [
            () => this.s.person.does('subscribe', who, this.pick([1, 3])),
            () => this.s.store.change('subscriber.status', { id: who, status: this.pick([1, 3]) }),
            () => this.s.person.does('update', 'customer_address', id, `is_default_billing=${this.pick([0, 1])}`),
            () => this.s.person.does('update', 'customer', owner, `taxvat=${this.pick(['', 'DE 1', 'DE 2'])}`),
            () => this.s.store.change('customer.touch', { id: owner, field: 'taxvat', value: this.pick(['', 'DE 1', 'DE 2']) }),
        ];
        const n = Math.floor(this.roll() * acts.length);
        const done = await acts[n]();
        this.tell('noise', n, who, id, owner, done?.err ?? '');
    }

    async create() {
        const email = `p${++this.count}@example.com`;
        if (this.happens(0.5)) {
            const done = await this.s.person.create('customer', 0, { ...PERSON, email });
            this.made.push({ entity: 'customer', email, ...done });
        } else {
            const owner = this.pick(this.cells).owner;
            const done = await this.s.person.create('customer_address', owner, { ...PLACE, street: email });
            this.made.push({ entity: 'customer_address', owner, street: email, ...done });
        }
        this.tell('made', email, `(${this.made.at(-1).push})`);
    }

    async remove() {
        const m = this.pick(this.made.filter((x) => x.entity === 'customer_address' && !x.removal));
        if (m) {
            const done = await this.s.person.does('delete', `#${m.record}`);
            m.removal = done.push;
            this.tell('removed', m.street, `(${done.push})`, done.err);
        }
    }

    async fault() {
        const op = this.pick([...Object.values(CALLS), ...CREATIONS, 'oroCustomerList']);
        const fault = this.pick(op === 'oroCustomerList' ? [['503', { after: 1 }], ['cut', { bytes: 200 }]]
            : [['cut', { bytes: 200 }], ['cut', { bytes: 200 }], ['500', {}], ['fault', { code: 2, text: 'Access denied.' }], ['fault', { code: 100, text: 'No' }]]);
        const times = 1 + Math.floor(this.roll() * 3);
        this.tell('fault', fault[0], op, times);
        await this.s.store.fault(fault[0], { op, times, ...fault[1] });
    }

    async push() {
        if (this.happens(0.8)) {
            await later(this.s.tb);
        }
        if (this.happens(0.2)) { // somebody works on while it runs
            await this.s.store.fault('delay', { op: this.pick(Object.values(CALLS)), times: 1, ms: 150 });
            await Promise.all([this.s.tb.sync('push', 'shop'), this.edit()]);
        } else {
            await this.s.tb.sync('push', 'shop');
        }
        await this.s.store.clear();
        const states = await this.s.tb.sql(`SELECT id, state FROM outbox WHERE state IN ${OPEN}`);
        this.tell('push:', states.map((r) => `${r.id} ${r.state}`).join(', '));
    }

    async import() {
        await this.s.store.pass(600);
        await this.s.tb.run();
        this.tell('import');
    }

    async choose(id) {
        const fields = await this.s.tb.sql(`SELECT field FROM outbox_fields WHERE outbox_id = ${id}`);
        for (const { field } of fields) {
            const side = this.pick(['store', 'here']);
            const done = await this.s.person.does('choose', id, field, side); // refused: it is no conflict
            if (done.code === 0) {
                this.tell('chosen', id, field, side);
            }
        }
    }

    async muddle(id) {
        const [r] = await this.s.tb.sql(`SELECT entity, origin_id FROM outbox WHERE id = ${id}`);
        for (const { field } of await this.s.tb.sql(`SELECT field FROM outbox_fields WHERE outbox_id = ${id}`)) {
            const c = this.cells.find((x) => x.entity === r.entity && Number(x.id) === r.origin_id && x.field === field);
            if (c) {
                c.isMuddled = true;
            }
        }
    }

    // A person at the outbox.
    async act() {
        for (const { id, state } of await this.s.tb.sql(`SELECT id, state FROM outbox WHERE state IN ${OPEN}`)) {
            if (state === 'conflict' && this.happens(0.5)) {
                await this.choose(id);
            } else if (state === 'approval' && this.happens(0.5)) {
                await this.s.person.does('approve', id);
            } else if (this.happens(0.05) && (await this.s.person.does('drop', id)).code === 0) {
                this.tell('dropped', id);
                await this.muddle(id);
            }
        }
        const [refused] = await this.s.tb.sql("SELECT id FROM outbox WHERE state = 'rejected' ORDER BY id DESC LIMIT 1");
        if (refused && this.happens(0.3) && (await this.s.person.does('retry', refused.id)).code === 0) {
            this.tell('pushed again', refused.id);
            await this.muddle(refused.id);
        }
        const [done] = await this.s.tb.sql("SELECT id FROM outbox WHERE state = 'done' AND op = 'update' ORDER BY id DESC LIMIT 1");
        if (done && this.happens(0.1) && (await this.s.person.does('revert', done.id)).code === 0) {
            this.tell('written back', done.id);
            await this.muddle(done.id);
        }
    }

    async round() {
        for (let i = 0; i < 4; i++) {
            await this.edit();
            if (this.happens(0.6)) {
                await this.changeInStore();
            }
            if (this.happens(0.3)) {
                await this.noise();
            }
        }
        if (this.happens(0.4)) {
            await this.create();
        }
        if (this.happens(0.2)) {
            await this.remove();
        }
        if (this.happens(0.7)) {
            await this.fault();
        }
        await this.push();
        await this.act();
        if (this.happens(0.4)) {
            await this.import();
        }
    }

    async settle() {
        const open = () => this.s.tb.sql(`SELECT id, state, error FROM outbox WHERE state IN ${OPEN}`);
        await pushMode(this.s.tb, 'send');
        for (let i = 0; i < 12 && (await open()).length > 0; i++) {
            for (const r of await open()) {
                if (r.state === 'conflict') {
                    await this.choose(r.id);
                } else if (r.state === 'approval') {
                    await this.s.person.mustDo('approve', r.id);
                }
            }
            await later(this.s.tb);
            await this.s.tb.sync('push', 'shop');
        }
        assert.deepEqual(await open(), [], 'all come to an end');
        for (const { id } of await this.s.tb.sql("SELECT id FROM outbox WHERE state = 'rejected' AND op = 'create' AND origin_id IS NULL")) {
            await this.s.person.mustDo('drop', id); // what was made is only here
        }
        for (let i = 0; i < 2; i++) {
            for (const owner of new Set(this.cells.map((c) => c.owner))) { // addresses leave no trace of their own
                await this.s.store.change('customer.touch', { id: owner, field: 'suffix', value: `${i}` });
            }
            await this.import();
        }
    }

    // The rows of the outbox that had the field, with what came of it.
    rowsOf = (c) => this.s.tb.sql(`SELECT o.id, o.state, f.is_conflict, f.result FROM outbox o
        JOIN outbox_fields f ON f.outbox_id = o.id
        WHERE o.entity = '${c.entity}' AND o.origin_id = ${c.id} AND f.field = '${c.field}'`);

    endedRows = async (c) => (await this.rowsOf(c)).filter((r) => ['done', 'rejected', 'dropped'].includes(r.state)).map((r) => r.id);

    async verdict(c) {
        const is = await this.inStore(c);
        const rows = await this.rowsOf(c);
        const isShown = (lost) => rows.some((r) => (r.is_conflict || r.state === 'rejected') && !lost.over.includes(r.id));
        const ours = c.here.at(-1);
        const theirs = c.store.at(-1);
        if (is !== (await this.here(c))) {
            return `has ${is} in the store, ${await this.here(c)} here`;
        }
        if (c.isMuddled || (!ours && !theirs)) {
            return null;
        }
        const isRefused = ours && rows.some((r) => r.state === 'rejected' && !ours.over.includes(r.id));
        if (is !== ours?.value && is !== theirs?.value && !isRefused) {
            return `is ${is}: neither ${ours?.value} nor ${theirs?.value}`;
        }
        const wasSeen = c.here.some((x) => x.n > theirs?.n && x.knows.includes(theirs.value));
        const hadArrived = c.store.some((x) => x.n > ours?.n && x.had === ours.value);
        if (c.isLoose) {
            return null;
        }
        if (is === ours?.value && theirs && !wasSeen && !isShown(theirs)) {
            return `is ${is}: ${theirs.value} was lost, and nobody was told`;
        }
        if (is === theirs?.value && ours && !hadArrived && !isShown(ours)) {
            return `is ${is}: ${ours.value} was lost, and nobody was told`;
        }
        return null;
    }

    row = async (id) => (await this.s.tb.sql(`SELECT state FROM outbox WHERE id = ${id}`))[0];

    async judge() {
        const verdicts = [];
        for (const c of this.cells) {
            const verdict = await this.verdict(c);
            if (verdict) {
                verdicts.push(`${this.nameOf(c)} ${verdict}; rows ${JSON.stringify(await this.rowsOf(c))}`);
            }
        }
        const customers = await this.s.store.dump('customer');
        for (const m of this.made) {
            const { state } = await this.row(m.push);
            const isGone = m.removal && (await this.row(m.removal)).state === 'done';
            const there = m.entity === 'customer' ? customers.filter((c) => c.email === m.email).length
                : customers.find((c) => c.entity_id === m.owner).addresses.filter((a) => a.street === m.street).length;
            if (there > 1 || (isGone && there > 0) || (state === 'done' && !m.removal && there !== 1)) {
                verdicts.push(`${m.entity} of change ${m.push} (${state}) is in the store ${there} times`);
            }
        }
        assert.deepEqual(verdicts, [], `\n${this.told.join('\n')}`);
    }
}

const SHOPS = [
    ['the store wins', { priority: 'remote' }],
    ['Tollbook wins', { priority: 'local' }],
    ['somebody is asked', { priority: 'remote', ask: true }],
    ['somebody approves', { priority: 'local', ask: true, mode: 'approve' }],
];

describe(`changes on both sides in any order, seed ${SEED}`, () => {
    for (const [n, [name, { ask, mode, ...options }]] of SHOPS.entries()) {
        test(name, async (t) => {
            const s = await twoWayShop(t, { ...options, store: { sizes: SIZES } });
            for (const [entity, fields] of Object.entries(ask ? FIELDS : {})) {
                await s.person.mustDo('rule', entity, fields[1], 'ask');
            }
            await pushMode(s.tb, mode ?? 'send');
            const game = new Game(s, SEED * 1000 + n);
            for (let i = 0; i < ROUNDS; i++) {
                await game.round();
            }
            await game.settle();
            await game.judge();
            await s.assertEqual();
        });
    }
});
