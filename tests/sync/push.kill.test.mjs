// kill -9 at any moment of a push makes nothing twice and loses no edit: the next push ends where an
// undisturbed one does, in the store and here, and no sync finds anything new afterwards.
//
// Some points are moments of time. For the others the store holds the Nth request of all or of one
// kind of writes back, before its work (which it then does for nobody) or after it, and the push dies
// meanwhile.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { dice } from '../kit/dice.mjs';
import { sleep, until } from '../kit/programs.mjs';
import { Person, later, twoWayShop } from '../kit/push.mjs';
import { Tollbook } from '../kit/tollbook.mjs';

const SIZES = { customers: 14, orders: 16, carts: 2, subscribers: 6, memos: 1 };
const KILLS = Number(process.env.KILLS ?? 40);
const WORKERS = 2;
const HELD_MS = 120;
const EXPORTED = ['customer', 'customer_address', 'order', 'order_note', 'subscriber'];
const KINDS = ['time', 'before', 'after', 'before a write', 'after a write'];
const WRITES = { oroCustomerCreate: 1, oroCustomerUpdate: 3, customerAddressCreate: 2, customerAddressUpdate: 1,
    customerAddressDelete: 1, newsletterSubscriberCreate: 1, newsletterSubscriberUpdate: 1,
    salesOrderAddComment: 2, salesOrderHold: 1, salesOrderCancel: 1 };

// One change of each kind, and one of each end of a comparison.
async function makeChanges(s, person) {
    const [a, b, c, d] = s.customers.filter((x) => x.addresses.length > 1);
    const subscribers = await s.store.dump('subscriber');
    const free = s.customers.find((x) => !subscribers.some((y) => y.subscriber_email === x.email));
    const open = (await s.store.dump('order')).filter((o) => ['new', 'processing'].includes(o.state) && !o.total_paid);
    const PLACE = ['firstname=Neu', 'lastname=Mann', 'street=Am Markt 1', 'city=Ulm', 'country=DE',
        'postcode=89073', 'telephone=1'];
    const made = await person.mustDo('create', 'customer', 0, 'firstname=Neu', 'lastname=Mann',
        'email=neu@example.com', 'store_origin_id=1', 'group_origin_id=1', 'password=hush-hush');
    await person.mustDo('create', 'customer_address', `#${made.record}`, ...PLACE, 'is_default_billing=1');
    await person.mustDo('create', 'customer_address', a.entity_id, ...PLACE);
    await person.mustDo('update', 'customer', a.entity_id, 'firstname=Here', 'taxvat=H1');
    await person.mustDo('update', 'customer', b.entity_id, 'firstname=Here', 'lastname=Hier');
    await person.mustDo('update', 'customer_address', b.addresses[0].entity_id, 'city=Hier');
    await person.mustDo('delete', c.addresses[0].entity_id);
    await person.mustDo('update', 'customer', d.entity_id, 'email=other@example.com');
    await person.mustDo('subscribe', subscribers.find((x) => x.subscriber_status === '1').subscriber_id, 3);
    await person.mustDo('subscribe-customer', free.entity_id, 1);
    await person.mustDo('order', open[0].entity_id, 'comment', 'Called twice');
    await person.mustDo('order', open[0].entity_id, 'comment', 'Called twice');
    await person.mustDo('order', open[0].entity_id, 'hold');
    await person.mustDo('order', open[1].entity_id, 'cancel');
    s.both = b.entity_id;
}

// The store as it was when the push began: one of the fields has another value there meanwhile.
async function resetStore(s) {
    const { now } = s.store;
    await s.store.reset();
    await s.store.set({ now });
    await s.store.change('customer.touch', { id: s.both, field: 'lastname', value: 'Dort' });
}

// Without our own times and runs.
async function exports(tb) {
    const out = await tb.exportText(EXPORTED);
    return out.replace(/"imported_at":"[^"]*","synced_at":"[^"]*","run_id":(\d+|null)/g, '"own":0');
}

const dump = async (store) =>
    JSON.stringify(await Promise.all(['customer', 'order', 'subscriber'].map((e) => store.dump(e))));

const history = (tb) =>
    tb.sql('SELECT c.entity, c.record_id, c.action, f.field, f.old_value, f.new_value FROM changes c' +
        ' LEFT JOIN change_fields f ON f.change_id = c.id ORDER BY 1, 2, 3, 4, 5, 6');

// An outbox without what differs from try to try.
const outcome = (tb) => tb.sql('SELECT id, entity, op, origin_id, state FROM outbox ORDER BY id');

const open = (tb) =>
    tb.one("SELECT count(*) FROM outbox WHERE state NOT IN ('done', 'rejected', 'dropped')");

async function pushAll(tb) {
    for (let i = 0; i < 4 && (i === 0 || (await open(tb)) > 0); i++) {
        await later(tb);
        const done = await tb.sync('push', 'shop');
        assert.equal(done.code, 0, done.err);
    }
}

class Ground {
    static async prepare(t) {
        const s = await twoWayShop(t, { store: { sizes: SIZES } });
        await makeChanges(s, new Person(s.tb));
        await resetStore(s);
        const whole = await s.tb.copy(t);
        const before = await s.store.requests();
        const done = await whole.sync('push', 'shop');
        assert.equal(done.code, 0, done.err);
        const requests = (await s.store.requests()) - before;
        await pushAll(whole);
        return Object.assign(new Ground(), {
            shop: s,
            ms: done.ms,
            requests,
            store: await dump(s.store),
            exports: await exports(whole),
            history: await history(whole),
            outcome: await outcome(whole),
            twin: new Tollbook(path.join(s.tb.dir, 'twin')),
        });
    }

    async fresh() {
        await this.twin.becomeCopyOf(this.shop.tb);
        await resetStore(this.shop);
        return this.twin;
    }
}

// How many requests there were, of all kinds or of one.
const asked = async (store, op) => (op ? (await store.stats()).operations[op]?.requests ?? 0 : store.requests());

// Begins a push and kills it when the request is held back.
async function killAtRequest(tb, store, { kind, op, n }) {
    const before = await asked(store, op);
    await store.fault(kind.startsWith('before') ? 'wait' : 'delay', { op, after: n, times: 1, ms: HELD_MS });
    const process = tb.begin(['push', 'shop']);
    let ended = false;
    process.done.then(() => (ended = true));
    await until('the request', async () => ended || (await asked(store, op)) - before > n, { pause: 2 });
    process.kill('SIGKILL');
    const { signal } = await process.done;
    await sleep(kind.startsWith('before') ? HELD_MS + 40 : 10); // the store does what it was asked for
    await store.clear();
    return signal;
}

async function killAtTime(tb, ms) {
    const process = tb.begin(['push', 'shop']);
    await sleep(ms);
    process.kill('SIGKILL');
    return (await process.done).signal;
}

function choose(ground, random, kind) {
    const share = random();
    if (kind === 'time') {
        return { kind, ms: share * ground.ms, where: `killed at ${(share * 100).toFixed(1)} % of ${ground.ms} ms` };
    }
    if (!kind.endsWith('write')) {
        const n = Math.floor(share * ground.requests);
        return { kind, n, where: `killed ${kind} request ${n}` };
    }
    const all = Object.entries(WRITES).flatMap(([op, count]) => Array.from({ length: count }, (_, n) => ({ op, n })));
    const { op, n } = all[Math.floor(share * all.length)];
    return { kind, op, n, where: `killed ${kind}: ${op}, ${n}` };
}

async function killAndPush(ground, random, kind, tally) {
    const tb = await ground.fresh();
    const point = choose(ground, random, kind);
    const { where } = point;
    const signal = kind === 'time' ? await killAtTime(tb, point.ms) : await killAtRequest(tb, ground.shop.store, point);
    if (signal !== 'SIGKILL') {
        return false;
    }
    tally.sending += await tb.one("SELECT count(*) FROM outbox WHERE state = 'sending'");
    await pushAll(tb);
    assert.deepEqual(await outcome(tb), ground.outcome, where);
    assert.equal(await dump(ground.shop.store), ground.store, `${where}: the store`);
    assert.equal(await exports(tb), ground.exports, where);
    assert.deepEqual(await history(tb), ground.history, `${where}: history`);
    const done = await tb.run();
    assert.equal(done.code, 0, `${where}: ${done.err}`);
    const { added, updated } = await tb.lastRun();
    assert.deepEqual({ added, updated }, { added: 0, updated: 0 }, `${where}: echo`);
    assert.deepEqual(await tb.soundness(), [], where);
    tally.kills++;
    return true;
}

async function work(t, worker, tally) {
    const ground = await Ground.prepare(t);
    const random = dice(3000 + worker);
    for (let point = worker; point < KILLS; point += WORKERS) {
        const kind = KINDS[Math.floor(point / WORKERS) % KINDS.length];
        for (let tries = 0; !(await killAndPush(ground, random, kind, tally)); tries++) {
            assert.ok(tries < 50, 'the push always ends before it can be killed');
        }
    }
    return ground;
}

test(`${KILLS} kills of a push`, async (t) => {
    const tally = { kills: 0, sending: 0 };
    const began = Date.now();
    const grounds = await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(t, worker, tally)));
    assert.equal(tally.kills, KILLS);
    assert.ok(tally.sending > KILLS / 4, `only ${tally.sending} died while a change was on its way`);
    t.diagnostic(
        `${tally.kills} kills, ${tally.sending} of them while a change was on its way; a push of ` +
        `${grounds[0].requests} requests and ${grounds[0].ms} ms; ${Math.round((Date.now() - began) / 1000)} s in all`);
});
