// What goes wrong between two people, or between the steps of a push: each a case that has bitten.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../kit/programs.mjs';
import { assertNoEcho, byEmail, inStore, later, PERSON, PLACE, push, pushAgain, pushMode, row, state, twoWayShop } from '../kit/push.mjs';

const SIZES = { customers: 45, orders: 20, carts: 2, subscribers: 45, memos: 1 };
const UPDATE = 'oroCustomerUpdate';

const start = (t, options = {}) => twoWayShop(t, { ...options, store: { sizes: SIZES, ...options.store } });
const fails = (s, op, text) => s.store.fault('fault', { op, times: 0, code: 1, text });

// The address with the highest local id, its owner, and somebody else who has one.
async function lastAddress(s) {
    const id = await s.tb.one('SELECT origin_id FROM customer_addresses ORDER BY id DESC LIMIT 1');
    const owner = s.customers.find((c) => c.addresses.some((a) => Number(a.entity_id) === id));
    const other = s.customers.find((c) => c.entity_id !== owner.entity_id && c.addresses.length > 0);
    return { id, owner, other };
}

describe('a password', () => {
    test('does not replace that of an account which its owner made meanwhile', async (t) => {
        const s = await start(t);
        const made = await s.person.create('customer', 0, { ...PERSON, password: 'hush-hush' });
        await s.store.change('customer.new', { email: PERSON.email, first: 'Neu', last: 'Mann' });
        const [before] = await byEmail(s, PERSON.email);
        await push(s.tb);
        const [after] = await byEmail(s, PERSON.email);
        assert.equal(after.password_hash, before.password_hash);
        const done = await row(s.tb, made.push);
        assert.equal(done.state, 'done');
        assert.match(done.outcome, /; the password was not set/);
        assert.equal(done.password_sealed, null);
    });

    test('nor when an import finds that account first', async (t) => {
        const s = await start(t);
        const made = await s.person.create('customer', 0, { ...PERSON, password: 'hush-hush' });
        await s.store.change('customer.new', { email: PERSON.email, first: 'Neu', last: 'Mann' });
        const [before] = await byEmail(s, PERSON.email);
        await pushMode(s.tb, 'dry');
        await s.store.pass(600);
        await s.load();
        await pushMode(s.tb, 'send');
        await later(s.tb);
        await push(s.tb);
        assert.equal((await byEmail(s, PERSON.email))[0].password_hash, before.password_hash);
        assert.match((await row(s.tb, made.push)).outcome, /; the password was not set/);
    });

    test('nor after a try of ours that broke off without having done anything', async (t) => {
        const s = await start(t);
        const made = await s.person.create('customer', 0, { ...PERSON, password: 'hush-hush' });
        await s.store.fault('500', { op: 'oroCustomerCreate', times: 0 });
        await s.tb.sync('push', 'shop');
        await s.tb.sql("UPDATE outbox SET state = 'sending'");
        await s.store.clear();
        await s.store.change('customer.new', { email: PERSON.email, first: 'Nele', last: 'Mann' });
        const [before] = await byEmail(s, PERSON.email);
        await pushAgain(s, 1);
        assert.equal((await byEmail(s, PERSON.email))[0].password_hash, before.password_hash);
        const done = await row(s.tb, made.push);
        assert.equal(done.state, 'done');
        assert.match(done.outcome, /; whether the password was set is not known/);
    });

    test('that was erased before it was sent is missed aloud', async (t) => {
        const s = await start(t);
        await pushMode(s.tb, 'approve');
        const made = await s.person.create('customer', 0, { ...PERSON, password: 'hush-hush' });
        await s.tb.sql('UPDATE outbox SET password_until = password_until - 901');
        await push(s.tb);
        await s.person.mustDo('approve', made.push);
        await push(s.tb);
        const done = await row(s.tb, made.push);
        assert.equal(done.state, 'done');
        assert.match(done.outcome, /^Sent; the password was not set/);
    });

    test('that was refused with its account is missed when that is made after all, unless entered again', async (t) => {
        const s = await start(t);
        for (const [email, password, outcome] of [
            ['a@example.com', [], /^Sent; the password was not set/],
            ['b@example.com', ['password=hush-again'], /^Sent$/],
        ]) {
            await s.store.fault('fault', { op: 'oroCustomerCreate', times: 1, code: 100, text: 'No' });
            const made = await s.person.create('customer', 0, { ...PERSON, email, password: 'hush-hush' });
            await push(s.tb, 1);
            if (password.length) {
                await s.person.mustDo('update', 'customer', `#${made.record}`, ...password);
            } else {
                await s.person.mustDo('retry', made.push);
            }
            await push(s.tb);
            assert.match((await row(s.tb, made.push)).outcome, outcome);
            const [there] = await byEmail(s, email);
            assert.equal(Boolean(there.password_hash), password.length > 0);
        }
    });
});

describe('a store that breaks at each try', () => {
    test('does not hold a change for ever: between the tries it can be dropped', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        await fails(s, UPDATE, 'Internal Error. Please see log for details.');
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        await pushAgain(s, 5);
        const now = await row(s.tb, id);
        assert.equal(now.state, 'failed');
        assert.match(now.error, /^Tried \d times, and the store has not done it: .*Internal Error/);
        await s.person.mustDo('drop', id);
        assert.equal(await s.tb.one(`SELECT firstname FROM customers WHERE origin_id = ${c.entity_id}`), c.firstname);
    });

    test('nor does a channel that is not written back to any more', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        await fails(s, UPDATE, 'Internal Error.');
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        await s.tb.sync('push', 'shop');
        await s.tb.sql('UPDATE channels SET two_way = 0');
        await s.tb.sql("UPDATE outbox SET state = 'sending'");
        await s.store.clear();
        await s.load('--full');
        await s.person.mustDo('drop', id);
        assert.match((await row(s.tb, id)).outcome, /^Dropped by .*; the store may have done it by then$/);
    });

    test('a comment that arrived late is not sent again', async (t) => {
        const s = await start(t);
        const [o] = await s.store.dump('order');
        const made = await s.person.mustDo('order', o.entity_id, 'comment', 'Once please', '');
        await fails(s, 'salesOrderAddComment', 'Internal Error.');
        await pushAgain(s, 2);
        assert.equal(await state(s, made.push), 'failed');
        await s.store.clear();
        await s.store.change('order.comment', { id: o.entity_id, text: 'Once please' });
        await pushAgain(s, 1);
        const [now] = await s.store.dump('order', { from: o.entity_id, to: o.entity_id });
        assert.equal(now.status_history.filter((n) => n.comment === 'Once please').length, 1);
        assert.equal(await state(s, made.push), 'done');
    });
});

describe('two changes of one record', () => {
    test('a change dropped while it is looked at is not sent', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        await s.store.fault('delay', { op: 'oroCustomerList', times: 1, ms: 1500 });
        const seen = await s.store.requests();
        const process = s.tb.begin(['push', 'shop']);
        await until('the look', async () => (await s.store.requests()) > seen + 2, { pause: 5 });
        await s.person.mustDo('drop', id);
        await process.done;
        assert.equal(await state(s, id), 'dropped');
        assert.equal((await inStore(s, c.entity_id)).firstname, c.firstname);
    });

    test('an edit made while an earlier one was on its way survives the refusal of that one', async (t) => {
        const s = await start(t, { conf: { push_wait_seconds: 600 } });
        const [c] = s.customers;
        const first = await s.person.change('customer', c.entity_id, { firstname: 'Eins' });
        await s.store.fault('500', { op: UPDATE, times: 1 }); // nothing was done there
        await s.tb.sync('push', 'shop');
        assert.equal(await state(s, first), 'sending');
        const second = await s.person.change('customer', c.entity_id, { firstname: 'Zwei' });
        assert.notEqual(first, second);
        await s.store.clear();
        await s.store.pass(700);
        await later(s.tb);
        await s.store.fault('fault', { op: UPDATE, times: 1, code: 100, text: 'No' });
        await s.tb.sync('push', 'shop');
        assert.equal(await state(s, first), 'rejected');
        await pushAgain(s, 1);
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Zwei');
        const { base_value, is_conflict, result } = (await row(s.tb, second)).fields.firstname;
        assert.deepEqual({ base_value, is_conflict, result }, { base_value: c.firstname, is_conflict: 0, result: 'sent' });
    });

    // An extension of the store may change what it is given; a change in that moment looks the same.
    test('and that the store kept the earlier one in its own way', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const first = await s.person.change('customer', c.entity_id, { firstname: 'Eins', lastname: 'Neu' });
        await s.store.fault('delay', { op: UPDATE, times: 1, ms: 2000 });
        const pushing = s.tb.sync('push', 'shop');
        await until('the store', async () => (await inStore(s, c.entity_id)).lastname === 'Neu');
        await s.store.change('customer.touch', { id: c.entity_id, field: 'firstname', value: 'EINS' });
        const second = await s.person.change('customer', c.entity_id, { firstname: 'Zwei' });
        assert.notEqual(first, second);
        await pushing;
        const { state: is, error, fields } = await row(s.tb, first);
        assert.deepEqual([is, error], ['rejected', 'Sent, but the store kept a value of its own: First name: change it in the store']);
        assert.deepEqual([fields.firstname.result, fields.firstname.store_value], ['store', 'EINS']);
        await pushAgain(s, 1);
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Zwei');
        assert.equal((await row(s.tb, second)).fields.firstname.is_conflict, 0);
    });

    test('and its drop', async (t) => {
        const s = await start(t, { conf: { push_wait_seconds: 600 } });
        const [c] = s.customers;
        const first = await s.person.change('customer', c.entity_id, { firstname: 'Eins', lastname: 'Alpha' });
        await s.store.fault('500', { op: UPDATE, times: 1 });
        await s.tb.sync('push', 'shop');
        const second = await s.person.change('customer', c.entity_id, { firstname: 'Zwei' });
        await s.person.mustDo('drop', first);
        const [here] = await s.tb.sql(`SELECT firstname, lastname FROM customers WHERE origin_id = ${c.entity_id}`);
        assert.deepEqual({ ...here }, { firstname: 'Zwei', lastname: c.lastname });
        await s.store.clear();
        await pushAgain(s, 1);
        const now = await inStore(s, c.entity_id);
        assert.deepEqual([now.firstname, now.lastname], ['Zwei', c.lastname]);
        assert.equal(await state(s, second), 'done');
        await assertNoEcho(s);
    });

    test('writing back does not undo what the store changed after the push', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Eins' });
        await push(s.tb);
        await s.store.pass(600);
        await s.store.change('customer.touch', { id: c.entity_id, field: 'firstname', value: 'Dort' });
        await s.store.pass(600);
        await s.load();
        const back = await s.person.mustDo('revert', id);
        const { base_value, store_value, new_value } = (await row(s.tb, back.push)).fields.firstname;
        assert.deepEqual([base_value, store_value, new_value], ['Eins', 'Dort', c.firstname]);
        await s.tb.sync('push', 'shop');
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Dort', 'the store wins');
        assert.equal(await s.tb.one(`SELECT firstname FROM customers WHERE origin_id = ${c.entity_id}`), 'Dort');
    });

    test('what could not be sent is not noted as sent', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        await s.store.change('customer.delete', { id: c.entity_id });
        await push(s.tb, 1);
        const ended = await row(s.tb, id);
        assert.equal(ended.state, 'rejected');
        assert.equal(ended.fields.firstname.result, null);
    });
});

describe('an address', () => {
    test('is not deleted here while its creation is on its way', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const made = await s.person.create('customer_address', c.entity_id, PLACE);
        await s.store.fault('delay', { op: 'customerAddressCreate', times: 1, ms: 1500 });
        const process = s.tb.begin(['push', 'shop']);
        await until('the sending', async () => (await state(s, made.push)) === 'sending', { pause: 5 });
        const refused = await s.person.does('delete', `#${made.record}`);
        assert.match(refused.err, /^Address not deleted: it is on its way/m);
        await process.done;
        await s.person.mustDo('delete', `#${made.record}`);
        await pushAgain(s, 2);
        await s.load('--full');
        assert.equal((await inStore(s, c.entity_id)).addresses.length, c.addresses.length);
    });

    test('whose text the store cannot keep as it is is not made twice', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const made = await s.person.create('customer_address', c.entity_id, { ...PLACE, company: 'Emoji 😀 AG' });
        await s.store.fault('cut', { op: 'customerAddressCreate', times: 1, bytes: 200 });
        await s.store.fault('503', { op: 'oroCustomerList', after: 1, times: 0 }); // only the first look comes
        await s.tb.sync('push', 'shop');
        assert.equal(await state(s, made.push), 'sending');
        await s.store.clear();
        const there = (await inStore(s, c.entity_id)).addresses.filter((a) => /^Emoji/.test(a.company ?? ''));
        assert.deepEqual(there.map((a) => a.company), ['Emoji ???? AG']);
        await pushAgain(s, 3);
        assert.equal((await inStore(s, c.entity_id)).addresses.length, c.addresses.length + 1);
        await s.assertEqual();
    });

    test('its number here is not given to another one: writing back', async (t) => {
        const s = await start(t);
        const { id, owner, other } = await lastAddress(s);
        const change = await s.person.change('customer_address', id, { city: 'Hier' });
        await push(s.tb);
        await s.store.change('address.delete', { id });
        await s.store.change('customer.touch', { id: owner.entity_id, field: 'taxvat', value: 'X1' });
        await s.store.pass(600);
        await s.load();
        await s.store.change('address.new', { customer: other.entity_id, default: 1 });
        await s.store.pass(600);
        await s.load();
        const cities = async () => (await inStore(s, other.entity_id)).addresses.map((a) => a.city);
        const before = await cities();
        assert.equal(before.length, other.addresses.length + 1);
        const refused = await s.person.does('revert', change);
        assert.match(refused.err, /Address not found: it may have been removed meanwhile/);
        await push(s.tb);
        assert.deepEqual(await cities(), before);
    });

    test('its number here is not given to another one: trying again', async (t) => {
        const s = await start(t);
        const { id, other } = await lastAddress(s);
        const change = await s.person.change('customer_address', id, { city: 'Hier' });
        await s.store.change('address.delete', { id });
        await push(s.tb, 1);
        await s.store.change('address.new', { customer: other.entity_id, default: 1 });
        await s.store.pass(600);
        await s.load();
        const local = (await row(s.tb, change)).record_id;
        assert.deepEqual(await s.tb.sql(`SELECT * FROM customer_addresses WHERE id = ${local}`), []);
        assert.notEqual((await s.person.does('retry', change)).code, 0);
        await s.assertEqual();
    });

    test('a change of one that an import removed ends, and the next one is free', async (t) => {
        const s = await start(t);
        await pushMode(s.tb, 'dry');
        const { id, owner, other } = await lastAddress(s);
        await s.person.change('customer_address', id, { city: 'Hier' });
        await s.load(); // looks once, then holds the row back for 15 minutes
        await s.store.change('address.delete', { id });
        await s.store.change('customer.touch', { id: owner.entity_id, field: 'taxvat', value: 'X1' });
        await s.store.pass(300);
        await s.load();
        const made = await s.store.change('address.new', { customer: other.entity_id, default: 1 });
        await s.store.pass(300);
        await s.load();
        await s.store.change('address.update', { id: made.id, field: 'city', value: 'Moved' });
        await s.store.change('customer.touch', { id: other.entity_id, field: 'taxvat', value: 'X2' });
        await s.store.pass(300);
        await s.load();
        await s.assertEqual();
    });

    test('a country without states takes a region as text', async (t) => {
        const s = await start(t);
        const c = s.customers.find((x) => x.addresses.length > 1);
        const a = c.addresses[1];
        await s.person.change('customer_address', a.entity_id, { country: 'GB', region: 'Kent', region_origin_id: '' });
        await push(s.tb);
        const now = (await inStore(s, c.entity_id)).addresses.find((x) => x.entity_id === a.entity_id);
        assert.equal(now.region, 'Kent');
        await assertNoEcho(s);
    });
});

describe('websites', () => {
    test('subscribing a customer leaves the namesake of another website alone', async (t) => {
        const s = await start(t);
        const all = await s.store.dump('subscriber');
        const sub = all.find((x) => Number(x.customer_id) > 0 && x.subscriber_status === '1');
        const a = s.customers.find((c) => c.entity_id === sub.customer_id);
        const b = s.customers.find((c) => c.website_id !== a.website_id && !all.some((x) => x.customer_id === c.entity_id));
        await s.store.change('customer.touch', { id: b.entity_id, field: 'email', value: a.email });
        await s.store.pass(600);
        await s.load();
        assert.equal(await s.tb.one('SELECT customer_scope FROM channels'), 1, 'accounts are per website');
        const done = await s.person.mustDo('subscribe-customer', b.entity_id, 3);
        assert.equal(done.push, 0, 'there is nothing to end');
        assert.equal(await s.tb.one(`SELECT status FROM subscribers WHERE origin_id = ${sub.subscriber_id}`), 1);
    });

    test('a customer who moved to a website that the channel leaves out is not taken for deleted', async (t) => {
        const s = await start(t);
        await s.tb.sql('UPDATE channels SET website_origin_id = 1');
        const c = s.customers.find((x) => x.website_id === '1');
        const missing = () => s.tb.one(`SELECT missing_at FROM customers WHERE origin_id = ${c.entity_id}`);
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        await s.store.change('customer.touch', { id: c.entity_id, field: 'website_id', value: '2' });
        await push(s.tb);
        assert.equal(await state(s, id), 'done');
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Here');
        assert.equal(await missing(), null);
        await s.tb.sql(`UPDATE customers SET website_origin_id = 1 WHERE origin_id = ${c.entity_id}`);
        const one = await s.tb.sync('run', 'shop', '--one', `customer:${c.entity_id}`);
        assert.equal(one.code, 0, one.err);
        assert.equal(await s.tb.one(`SELECT website_origin_id FROM customers WHERE origin_id = ${c.entity_id}`), 2);
        await s.tb.sql(`UPDATE customers SET website_origin_id = 1 WHERE origin_id = ${c.entity_id}`);
        await s.store.pass(600);
        await s.load(); // it is no news any more
        assert.equal((await s.tb.sync('verify', 'shop', '--entity', 'customer')).code, 1);
        assert.equal((await s.tb.sync('verify', 'shop', '--entity', 'customer', '--repair')).code, 1);
        assert.equal(await missing(), null);
        assert.equal(await s.tb.one(`SELECT website_origin_id FROM customers WHERE origin_id = ${c.entity_id}`), 2);
        assert.equal((await s.tb.sync('verify', 'shop', '--entity', 'customer')).code, 0);
    });
});
