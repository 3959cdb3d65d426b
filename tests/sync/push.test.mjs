// What people do to a store's records, and what stores do with it: made, changed, deleted, refused,
// gone, cut off. After each the store and Tollbook are equal, and nothing comes back as a change.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../kit/programs.mjs';
import { MODES, PERSON, PLACE, assertNoEcho, byEmail, inStore, later, push, pushMode, row, state, twoWayShop } from '../kit/push.mjs';

const SIZES = { customers: 40, orders: 60, carts: 10, subscribers: 20, memos: 3 };
const together = { concurrency: 2 };

const start = (t, options = {}) =>
    twoWayShop(t, { ...options, store: { sizes: SIZES, ...options.store } });

async function settled(s) {
    await assertNoEcho(s);
    await s.assertEqual();
}

const order = async (s, id) => (await s.store.dump('order', { from: id, to: id }))[0];
const orderIn = async (s, state) => (await s.store.dump('order')).find((o) => o.state === state && !o.total_paid);

describe('made here', together, () => {
    for (const [mode, store] of MODES) {
        test(`a customer with an address and a password: ${mode}`, async (t) => {
            const s = await start(t, { store });
            const gender = store.bridge === 'no' ? {} : { gender: 2 }; // the core does not tell it
            const made = await s.person.create('customer', 0, { ...PERSON, ...gender, dob: '1980-02-29', password: 'hush-hush' });
            const place = await s.person.create('customer_address', `#${made.record}`, { ...PLACE, is_default_billing: 1 });
            await push(s.tb);
            const [there, ...more] = await byEmail(s, PERSON.email);
            assert.equal(more.length, 0);
            assert.equal(there.firstname, 'Neu');
            assert.equal(there.gender, gender.gender ? '2' : null);
            assert.equal(there.dob, '1980-02-29 00:00:00');
            assert.equal(there.website_id, '1');
            assert.ok(there.password_hash);
            const [address] = there.addresses;
            assert.equal(address.street, 'Am Markt 1\nHof');
            assert.equal(address.region_id, '80');
            assert.equal(address.is_default_billing, '1');
            assert.equal(address.is_default_shipping, '0');
            assert.equal((await row(s.tb, made.push)).origin_id, Number(there.entity_id));
            assert.equal((await row(s.tb, place.push)).origin_id, Number(address.entity_id));
            const history = await s.tb.sql(`SELECT action, user_id FROM changes WHERE root_id = ${made.record} AND root_entity = 'customer'`);
            assert.deepEqual(history, [{ action: 'added', user_id: 1 }, { action: 'added', user_id: 1 }]);
            await settled(s);
        });
    }

    test('the password is nowhere, before and after', async (t) => {
        const s = await start(t, { conf: { log_level: 'debug' } });
        const made = await s.person.create('customer', 0, { ...PERSON, password: 'hush-hush-0815' });
        assert.equal((await s.tb.bytes()).includes('hush-hush-0815'), false);
        assert.ok((await row(s.tb, made.push)).password_sealed);
        const done = await push(s.tb);
        assert.equal(`${done.err}${done.out}`.includes('hush-hush-0815'), false);
        assert.equal((await row(s.tb, made.push)).password_sealed, null);
        assert.equal((await s.tb.bytes()).includes('hush-hush-0815'), false);
    });

    test('a password alone is set, and one that waited too long is not', async (t) => {
        const s = await start(t);
        const [a, b] = s.customers;
        const first = await s.person.change('customer', a.entity_id, { password: 'hush-hush' });
        await push(s.tb);
        assert.equal((await row(s.tb, first)).outcome, 'Password set');
        assert.notEqual((await inStore(s, a.entity_id)).password_hash, a.password_hash);
        const second = await s.person.change('customer', b.entity_id, { password: 'hush-hush', firstname: 'Bo' });
        await s.tb.sql('UPDATE outbox SET password_until = password_until - 901 WHERE password_until IS NOT NULL');
        await push(s.tb);
        assert.equal((await inStore(s, b.entity_id)).password_hash, b.password_hash);
        assert.equal((await inStore(s, b.entity_id)).firstname, 'Bo');
        assert.equal(await state(s, second), 'done');
    });

    test('an e-mail that is taken is told at the row, and another one goes', async (t) => {
        const s = await start(t);
        const [taken] = s.customers;
        const made = await s.person.create('customer', 0, { ...PERSON, email: taken.email, store_origin_id: taken.store_id });
        await push(s.tb, 1);
        const refused = await row(s.tb, made.push);
        assert.equal(refused.state, 'rejected');
        assert.match(refused.error, /email/);
        assert.equal((await byEmail(s, taken.email)).filter((c) => c.website_id === taken.website_id).length, 1);
        await s.person.mustDo('set', made.push, 'email', PERSON.email);
        await push(s.tb);
        assert.equal((await byEmail(s, PERSON.email)).length, 1);
        await settled(s);
    });

    test("the store's own refusal of an e-mail, too", async (t) => {
        const s = await start(t);
        await s.store.fault('fault', { op: 'oroCustomerCreate', times: 1, code: 100, text: 'This customer email already exists' });
        const made = await s.person.create('customer', 0, PERSON);
        await push(s.tb, 1);
        assert.match((await row(s.tb, made.push)).error, /This customer email already exists/);
        await s.person.mustDo('retry', made.push);
        await push(s.tb);
        assert.equal((await byEmail(s, PERSON.email)).length, 1);
        await settled(s);
    });

    test('who registered there meanwhile is linked, and its values are compared', async (t) => {
        const s = await start(t);
        const made = await s.person.create('customer', 0, PERSON);
        await s.store.change('customer.new', { email: PERSON.email, first: 'Nova', last: 'Mann' });
        await push(s.tb);
        const [there, ...more] = await byEmail(s, PERSON.email);
        assert.equal(more.length, 0);
        assert.equal(there.firstname, 'Nova', 'remote wins');
        assert.equal((await row(s.tb, made.push)).fields.lastname.result, 'same');
        await settled(s);
    });

    test('what an import finds before the push is one record', async (t) => {
        const s = await start(t);
        const made = await s.person.create('customer', 0, PERSON);
        const { id } = await s.store.change('customer.new', { email: PERSON.email, first: 'Neu', last: 'Mann' });
        const done = await s.tb.run('--one', `customer:${id}`);
        assert.equal(done.code, 0, done.err);
        await push(s.tb);
        assert.equal((await row(s.tb, made.push)).origin_id, id);
        assert.equal((await byEmail(s, PERSON.email)).length, 1);
        await settled(s);
    });

    test('an address that is there already is not made twice', async (t) => {
        const s = await start(t);
        const c = s.customers.find((x) => x.addresses.length > 0);
        const twin = { ...PLACE };
        delete twin.region_origin_id;
        const made = await s.person.create('customer_address', c.entity_id, twin);
        const there = await s.store.change('address.new', { customer: c.entity_id });
        const place = (await inStore(s, c.entity_id)).addresses.findIndex((a) => Number(a.entity_id) === there.id);
        const { country, ...same } = twin;
        for (const [field, value] of Object.entries({ ...same, country_id: country, region: 'NULL', region_id: 'NULL' })) {
            await s.store.change('customer.silent', { id: c.entity_id, field: `addresses.${place}.${field}`, value });
        }
        await push(s.tb);
        assert.equal((await row(s.tb, made.push)).origin_id, there.id);
        assert.equal((await inStore(s, c.entity_id)).addresses.length, c.addresses.length + 1);
        await settled(s);
    });

    test('a store refuses an address line by line', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const made = await s.person.create('customer_address', c.entity_id, { city: 'Ulm' });
        await push(s.tb, 1);
        const { state: is, error } = await row(s.tb, made.push);
        assert.equal(is, 'rejected');
        assert.match(error, /first name\.\nPlease enter the last name\./);
        await s.person.mustDo('update', 'customer_address', `#${made.record}`,
            ...Object.entries(PLACE).map(([k, v]) => `${k}=${v}`));
        await push(s.tb);
        assert.equal(await state(s, made.push), 'done');
        await settled(s);
    });
});

describe('addresses and subscriptions', together, () => {
    test('deleted here is deleted there, and what was deleted there is done', async (t) => {
        const s = await start(t);
        const c = s.customers.find((x) => x.addresses.length > 1);
        const [a, b] = c.addresses;
        const first = await s.person.mustDo('delete', a.entity_id);
        await push(s.tb);
        assert.equal((await inStore(s, c.entity_id)).addresses.find((x) => x.entity_id === a.entity_id), undefined);
        assert.equal((await row(s.tb, first.push)).record_id, null);
        const second = await s.person.mustDo('delete', b.entity_id);
        await s.store.change('address.delete', { id: b.entity_id });
        await push(s.tb);
        assert.equal(await state(s, second.push), 'done');
        await settled(s);
    });

    test('default flags follow to the address that takes them', async (t) => {
        const s = await start(t);
        const c = s.customers.find((x) => x.addresses.length > 1 && x.addresses.some((y) => y.is_default_billing === '1'));
        const other = c.addresses.find((x) => x.is_default_billing !== '1');
        await s.person.change('customer_address', other.entity_id, { is_default_billing: 1 });
        await push(s.tb);
        const now = (await inStore(s, c.entity_id)).addresses;
        assert.deepEqual(now.filter((x) => x.is_default_billing === '1').map((x) => x.entity_id), [other.entity_id]);
        assert.equal(now.find((x) => x.entity_id === other.entity_id).is_default_shipping, other.is_default_shipping);
        await settled(s);
    });

    test('a region by number, then by name', async (t) => {
        const s = await start(t);
        const c = s.customers.find((x) => x.addresses.length > 0);
        const { entity_id: id } = c.addresses[0];
        await s.person.change('customer_address', id, { country: 'DE', region_origin_id: 80 });
        await push(s.tb);
        let [now] = (await inStore(s, c.entity_id)).addresses.filter((x) => x.entity_id === id);
        assert.equal(now.region, 'Baden-Württemberg');
        await s.person.change('customer_address', id, { country: 'GB', region_origin_id: '', region: 'Kent' });
        await push(s.tb);
        [now] = (await inStore(s, c.entity_id)).addresses.filter((x) => x.entity_id === id);
        assert.equal(now.region, 'Kent');
        assert.ok(!Number(now.region_id));
        await settled(s);
    });

    for (const [mode, store] of MODES.filter(([name]) => name.startsWith('bridge'))) {
        test(`subscribe and unsubscribe: ${mode}`, async (t) => {
            const s = await start(t, { store });
            const subscribers = await s.store.dump('subscriber');
            const one = subscribers.find((x) => x.subscriber_status === '1');
            const free = s.customers.find((c) => !subscribers.some((x) => x.subscriber_email === c.email));
            const off = await s.person.mustDo('subscribe', one.subscriber_id, 3);
            const on = await s.person.mustDo('subscribe-customer', free.entity_id, 1);
            await push(s.tb);
            const now = await s.store.dump('subscriber');
            assert.equal(now.find((x) => x.subscriber_id === one.subscriber_id).subscriber_status, '3');
            const made = now.find((x) => x.subscriber_email === free.email);
            assert.equal(made.subscriber_status, '1');
            assert.equal(made.customer_id, free.entity_id);
            assert.equal((await row(s.tb, on.push)).origin_id, Number(made.subscriber_id));
            assert.equal(await state(s, off.push), 'done');
            await settled(s);
            await s.person.mustDo('subscribe-customer', free.entity_id, 3);
            await push(s.tb);
            assert.equal((await s.store.dump('subscriber')).find((x) => x.subscriber_email === free.email).subscriber_status, '3');
            await settled(s);
        });
    }

    test('without the bridge subscriptions are refused with the reason', async (t) => {
        const s = await start(t, { store: { bridge: 'no' } });
        const done = await s.person.does('subscribe-customer', s.customers[0].entity_id, 1);
        assert.notEqual(done.code, 0);
        assert.match(done.err, /OroBridge/);
    });
});

describe('orders', together, () => {
    for (const [mode, store] of MODES) {
        test(`comment, hold, release, cancel: ${mode}`, async (t) => {
            const s = await start(t, { store });
            const o = await orderIn(s, 'processing') ?? await orderIn(s, 'new');
            await s.person.mustDo('order', o.entity_id, 'comment', 'Called: <b>ok</b> & "fine"', 'notify');
            const hold = await s.person.mustDo('order', o.entity_id, 'hold');
            await push(s.tb);
            let now = await order(s, o.entity_id);
            assert.equal(now.state, 'holded');
            const note = now.status_history.find((n) => n.comment === 'Called: <b>ok</b> & "fine"');
            assert.equal(note.is_customer_notified, '1');
            assert.equal(note.status, o.status);
            assert.equal((await row(s.tb, hold.push)).outcome, 'On hold');
            await settled(s);
            await s.person.mustDo('order', o.entity_id, 'unhold');
            await push(s.tb);
            assert.equal((await order(s, o.entity_id)).state, o.state);
            await s.person.mustDo('order', o.entity_id, 'cancel');
            await push(s.tb);
            now = await order(s, o.entity_id);
            assert.equal(now.state, 'canceled');
            await settled(s);
        });
    }

    test('the store refuses what its state forbids, in its own words', async (t) => {
        const s = await start(t);
        const o = await orderIn(s, 'new');
        const cancel = await s.person.mustDo('order', o.entity_id, 'cancel');
        await s.store.change('order.touch', { id: o.entity_id, field: 'state', value: 'complete' });
        await push(s.tb, 1);
        const { state: is, error } = await row(s.tb, cancel.push);
        assert.equal(is, 'rejected');
        assert.match(error, /Order status not changed/);
        await settled(s);
    });

    test('two equal comments are two', async (t) => {
        const s = await start(t);
        const [o] = await s.store.dump('order');
        await s.person.mustDo('order', o.entity_id, 'comment', 'again');
        await s.person.mustDo('order', o.entity_id, 'comment', 'again');
        await push(s.tb);
        const notes = (await order(s, o.entity_id)).status_history.filter((n) => n.comment === 'again');
        assert.equal(notes.length, 2);
        await settled(s);
    });
});

describe('in a person\'s hands', together, () => {
    test('nothing is sent in a dry run, and all is shown', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        await pushMode(s.tb, 'dry');
        const before = JSON.stringify(await s.store.shop());
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        const other = await s.person.create('customer', 0, PERSON);
        await push(s.tb);
        assert.equal(JSON.stringify(await s.store.shop()), before);
        const shown = await row(s.tb, id);
        assert.equal(shown.state, 'waiting');
        assert.equal(shown.fields.firstname.store_value, c.firstname);
        assert.ok(shown.fields.firstname.store_at > 0);
        assert.equal(await state(s, other.push), 'waiting');
        await pushMode(s.tb, 'send');
        await later(s.tb);
        await push(s.tb);
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Here');
        await settled(s);
    });

    test('approve, edit, drop', async (t) => {
        const s = await start(t);
        const [a, b, c] = s.customers;
        await pushMode(s.tb, 'approve');
        const one = await s.person.change('customer', a.entity_id, { firstname: 'Eins' });
        const two = await s.person.change('customer', b.entity_id, { firstname: 'Zwei' });
        const three = await s.person.change('customer', c.entity_id, { firstname: 'Drei' });
        await push(s.tb);
        assert.equal((await inStore(s, a.entity_id)).firstname, a.firstname);
        assert.equal(await state(s, one), 'approval');
        await s.person.mustDo('approve', one);
        await s.person.mustDo('set', two, 'firstname', 'Zwo');
        await s.person.mustDo('approve', two);
        await s.person.mustDo('drop', three);
        await push(s.tb);
        assert.equal((await inStore(s, a.entity_id)).firstname, 'Eins');
        assert.equal((await inStore(s, b.entity_id)).firstname, 'Zwo');
        assert.equal((await inStore(s, c.entity_id)).firstname, c.firstname);
        assert.equal(await state(s, three), 'dropped');
        await settled(s);
    });

    test('one click writes the former values back', async (t) => {
        const s = await start(t);
        const c = s.customers.find((x) => x.addresses.length > 0);
        const id = await s.person.change('customer_address', c.addresses[0].entity_id, { city: 'Hier', company: 'Neu AG' });
        await push(s.tb);
        const back = await s.person.mustDo('revert', id);
        await push(s.tb);
        const now = (await inStore(s, c.entity_id)).addresses.find((x) => x.entity_id === c.addresses[0].entity_id);
        assert.equal(now.city, c.addresses[0].city);
        assert.equal(now.company, c.addresses[0].company);
        assert.equal((await row(s.tb, back.push)).reverts_id, id);
        assert.notEqual((await s.person.does('revert', id)).code, 0, 'once');
        await settled(s);
    });

    test('an edit while the push looks at the store is not lost', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Eins' });
        const before = (await s.store.stats()).operations.oroCustomerList?.requests ?? 0;
        await s.store.fault('delay', { op: 'oroCustomerList', times: 1, ms: 700 });
        const process = s.tb.begin(['push', 'shop']);
        await until('the look', async () =>
            ((await s.store.stats()).operations.oroCustomerList?.requests ?? 0) > before, { pause: 5 });
        assert.equal(await s.person.change('customer', c.entity_id, { firstname: 'Zwei' }), id);
        assert.equal((await process.done).code, 0);
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Zwei');
        await settled(s);
    });

    test('an edit while the change is on its way goes after it', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Eins' });
        await s.store.fault('delay', { op: 'oroCustomerUpdate', times: 1, ms: 700 });
        const process = s.tb.begin(['push', 'shop']);
        await until('the sending', async () => (await state(s, id)) === 'sending', { pause: 5 });
        const next = await s.person.change('customer', c.entity_id, { firstname: 'Zwei' });
        assert.notEqual(next, id);
        assert.equal((await process.done).code, 0);
        assert.equal(await state(s, id), 'done');
        await push(s.tb);
        assert.equal(await state(s, next), 'done');
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Zwei');
        await settled(s);
    });
});

describe('when the store does not play along', together, () => {
    test('a customer who is gone ends its pushes and is marked', async (t) => {
        const s = await start(t);
        const c = s.customers.find((x) => x.addresses.length > 0);
        const one = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        const two = await s.person.change('customer_address', c.addresses[0].entity_id, { city: 'Hier' });
        await s.store.change('customer.delete', { id: c.entity_id });
        await push(s.tb, 1);
        for (const id of [one, two]) {
            const { state: is, error } = await row(s.tb, id);
            assert.equal(is, 'rejected');
            assert.match(error, /customer any more/);
        }
        assert.ok(await s.tb.one(`SELECT missing_at FROM customers WHERE origin_id = ${c.entity_id}`));
        assert.notEqual((await s.person.does('update', 'customer', c.entity_id, 'firstname=Nochmal')).code, 0);
        await assertNoEcho(s);
    });

    test('an address that is gone ends its edit and is not made again', async (t) => {
        const s = await start(t);
        const c = s.customers.find((x) => x.addresses.length > 0);
        const id = await s.person.change('customer_address', c.addresses[0].entity_id, { city: 'Hier' });
        await s.store.change('address.delete', { id: c.addresses[0].entity_id });
        await push(s.tb, 1);
        assert.match((await row(s.tb, id)).error, /address any more/);
        await settled(s);
    });

    test('a missing right waits for it to be given, and is named', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        await s.store.set({ deny: 'oroCustomerUpdate' });
        await s.tb.reconnect({ user: 'limited' });
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        await push(s.tb, 1);
        const { state: is, error } = await row(s.tb, id);
        assert.equal(is, 'failed');
        assert.match(error, /Customers, Update/);
        await s.store.set({ deny: '' });
        await later(s.tb);
        await push(s.tb);
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Here');
        await settled(s);
    });

    test('a refused edit gives the former value back, and can be tried again', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        await s.store.fault('fault', { op: 'oroCustomerUpdate', times: 1, code: 100, text: 'First one\nthen two' });
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        await push(s.tb, 1);
        assert.match((await row(s.tb, id)).error, /First one\nthen two/);
        await settled(s);
        await s.person.mustDo('retry', id);
        await push(s.tb);
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Here');
        await settled(s);
    });

    // What was cut off: done by the store or not, known or not, it ends as it should.
    const ACTS = {
        oroCustomerCreate: (s) => s.person.create('customer', 0, PERSON),
        oroCustomerUpdate: (s) => s.person.change('customer', s.customers[0].entity_id, { firstname: 'Here' }),
        customerAddressCreate: (s) => s.person.create('customer_address', s.customers[0].entity_id, PLACE),
        customerAddressUpdate: (s, c) => s.person.change('customer_address', c.addresses[1].entity_id, { city: 'Hier' }),
        customerAddressDelete: (s, c) => s.person.mustDo('delete', c.addresses[0].entity_id),
        newsletterSubscriberUpdate: async (s) => {
            const one = (await s.store.dump('subscriber')).find((x) => x.subscriber_status === '1');
            return s.person.mustDo('subscribe', one.subscriber_id, 3);
        },
        newsletterSubscriberCreate: async (s) => {
            const all = await s.store.dump('subscriber');
            const free = s.customers.find((c) => !all.some((x) => x.subscriber_email === c.email));
            return s.person.mustDo('subscribe-customer', free.entity_id, 1);
        },
        salesOrderAddComment: async (s) => s.person.mustDo('order', (await orderIn(s, 'new')).entity_id, 'comment', 'Hello 😀'),
        salesOrderHold: async (s) => s.person.mustDo('order', (await orderIn(s, 'new')).entity_id, 'hold'),
    };
    const CUTS = {
        late: { kind: 'late', ms: 1600 },
        cut: { kind: 'cut', bytes: 200 },
        'cut clean': { kind: 'cut_clean', bytes: 200 },
        'error page': { kind: '500' },
        dropped: { kind: 'drop' },
    };
    for (const [name, { kind, ...params }] of Object.entries(CUTS)) {
        test(`every kind of change: ${name}`, async (t) => {
            const s = await start(t, { conf: { call_timeout: 1 } });
            const c = s.customers.find((x) => x.addresses.length > 1);
            const before = await s.store.shop();
            for (const [op, act] of Object.entries(ACTS)) {
                await s.store.fault(kind, { op, times: 1, ...params });
                await act(s, c);
            }
            for (let i = 0; i < 3; i++) {
                await s.tb.sync('push', 'shop');
                await later(s.tb);
            }
            assert.deepEqual(await s.tb.sql("SELECT op, state, error FROM outbox WHERE state <> 'done'"), []);
            const after = await s.store.shop();
            const count = (shop, of) => shop.customer.reduce((n, x) => n + of(x), 0);
            assert.equal(after.customer.length, before.customer.length + 1);
            assert.equal(count(after, (x) => x.addresses.length), count(before, (x) => x.addresses.length), 'one made, one deleted');
            assert.equal(after.subscriber.length, before.subscriber.length + 1);
            const notes = (shop) => shop.order.reduce((n, o) => n + o.status_history.filter((h) => /^Hello/.test(h.comment ?? '')).length, 0);
            assert.equal(notes(after), 1);
            await settled(s);
        });
    }

    test('one that may be at work still is left alone until it has had its time', async (t) => {
        const s = await start(t, { conf: { call_timeout: 1, push_wait_seconds: 3600 } });
        await s.store.fault('wait', { op: 'customerAddressCreate', times: 1, ms: 2000 });
        const made = await s.person.create('customer_address', s.customers[0].entity_id, PLACE);
        await push(s.tb, 0);
        assert.equal(await state(s, made.push), 'sending');
        await until('the store', async () =>
            (await inStore(s, s.customers[0].entity_id)).addresses.length > s.customers[0].addresses.length);
        await later(s.tb);
        await push(s.tb);
        assert.equal(await state(s, made.push), 'done');
        assert.equal((await inStore(s, s.customers[0].entity_id)).addresses.length, s.customers[0].addresses.length + 1);
        await settled(s);
    });

    test('a store that is down keeps everything waiting', async (t) => {
        const s = await start(t);
        const id = await s.person.change('customer', s.customers[0].entity_id, { firstname: 'Here' });
        await s.store.fault('503', {});
        await push(s.tb, 2);
        assert.equal(await state(s, id), 'waiting');
        await s.store.clear();
        await s.load(); // a plain run pushes first
        assert.equal(await state(s, id), 'done');
        await settled(s);
    });

    test('due sends what waits and erases what waited too long', async (t) => {
        const s = await start(t);
        const id = await s.person.change('customer', s.customers[0].entity_id, { firstname: 'Here' });
        await s.tb.sql("UPDATE runs SET started_at = started_at + 86400 * 3650"); // no run of changes is due
        const done = await s.tb.sync('due');
        assert.equal(done.code, 0, done.err);
        assert.equal(await state(s, id), 'done');
        assert.equal((await s.tb.lastRun()).kind, 'push');
    });
});
