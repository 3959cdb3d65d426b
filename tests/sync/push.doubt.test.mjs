// What may have reached the store already, or may be somebody else's: neither made twice nor sent
// to strangers, and what is said of it is true.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PERSON, PLACE, byEmail, inStore, later, push, pushAgain, pushIntoDoubt, pushIntoVoid, pushMode, row, state, twoWayShop } from '../kit/push.mjs';

const SIZES = { customers: 45, orders: 20, carts: 2, subscribers: 45, memos: 1 };
const CREATE = 'oroCustomerCreate';
const UPDATE = 'oroCustomerUpdate';

const start = (t, options = {}) => twoWayShop(t, { ...options, store: { sizes: SIZES, ...options.store } });

// Two customers of different websites with the same e-mail, none of them a subscriber.
async function namesakes(s) {
    const all = await s.store.dump('subscriber');
    const free = s.customers.filter((c) => !all.some((x) => x.subscriber_email === c.email || x.customer_id === c.entity_id));
    const a = free.find((c) => c.website_id === '1');
    const b = free.find((c) => c.website_id !== '1');
    await s.store.change('customer.touch', { id: b.entity_id, field: 'email', value: a.email });
    await s.store.pass(600);
    await s.load();
    return { a, b };
}

describe('a creation whose arrival is not known', () => {
    test('is not changed until it is: a customer would be looked for by the wrong address', async (t) => {
        const s = await start(t);
        const made = await s.person.create('customer', 0, PERSON);
        await pushIntoDoubt(s, CREATE);
        assert.equal(await state(s, made.push), 'sending');
        assert.equal((await byEmail(s, PERSON.email)).length, 1);
        const refused = await s.person.does('update', 'customer', `#${made.record}`, 'email=other@example.com');
        assert.match(refused.err, /^Customer not changed: it is on its way to the store/m);
        await pushAgain(s, 1);
        assert.equal(await state(s, made.push), 'done');
        await s.person.mustDo('update', 'customer', `#${made.record}`, 'email=other@example.com');
        await push(s.tb);
        assert.equal((await byEmail(s, PERSON.email)).length, 0);
        assert.equal((await byEmail(s, 'other@example.com')).length, 1);
        await s.assertEqual();
    });

    test('an address would be made twice', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const made = await s.person.create('customer_address', c.entity_id, PLACE);
        await pushIntoDoubt(s, 'customerAddressCreate');
        assert.equal(await state(s, made.push), 'sending');
        const refused = await s.person.does('update', 'customer_address', `#${made.record}`, 'city=Neu-Ulm');
        assert.match(refused.err, /^Address not changed: it is on its way to the store/m);
        await pushAgain(s, 1);
        await s.person.mustDo('update', 'customer_address', `#${made.record}`, 'city=Neu-Ulm');
        await push(s.tb);
        const cities = (await inStore(s, c.entity_id)).addresses.map((a) => a.city);
        assert.deepEqual(cities.sort(), [...c.addresses.map((a) => a.city), 'Neu-Ulm'].sort());
        await s.assertEqual();
    });

    test('keeps its password from an account that an import finds meanwhile', async (t) => {
        const s = await start(t);
        const made = await s.person.create('customer', 0, { ...PERSON, password: 'hush-hush' });
        await pushIntoVoid(s, CREATE);
        assert.equal(await state(s, made.push), 'sending');
        await s.store.change('customer.new', { email: PERSON.email, first: 'Nele', last: 'Mann' });
        const [before] = await byEmail(s, PERSON.email);
        await s.tb.sql('UPDATE outbox SET next_try_at = unixepoch() + 900');
        await s.store.pass(600);
        await s.load();
        assert.equal((await row(s.tb, made.push)).origin_id, Number(before.entity_id), 'the import has found it');
        await pushAgain(s, 1);
        const done = await row(s.tb, made.push);
        assert.equal(done.state, 'done');
        assert.match(done.outcome, /; whether the password was set is not known/);
        assert.equal((await byEmail(s, PERSON.email))[0].password_hash, before.password_hash);
    });

    for (const [how, tries] of [['in doubt', 1], ['between the tries', 4]]) {
        test(`keeps its password from its owner's account, made with the same name: ${how}`, async (t) => {
            const s = await start(t);
            const made = await s.person.create('customer', 0, { ...PERSON, password: 'hush-hush' });
            await s.store.fault('500', { op: CREATE, times: 0 });
            await pushAgain(s, tries);
            await s.store.clear();
            await s.store.change('customer.new', { email: PERSON.email, first: 'Neu', last: 'Mann' });
            const [before] = await byEmail(s, PERSON.email);
            await pushAgain(s, 2);
            assert.equal((await byEmail(s, PERSON.email))[0].password_hash, before.password_hash);
            assert.match((await row(s.tb, made.push)).outcome, /; whether the password was set is not known/);
        });
    }

    test('keeps it from the account of a corrected address', async (t) => {
        const s = await start(t);
        const made = await s.person.create('customer', 0, { ...PERSON, email: 'typo@example.com', password: 'hush-hush' });
        await s.store.fault('500', { op: CREATE, times: 0 });
        await pushAgain(s, 4);
        await s.store.clear();
        await s.store.change('customer.new', { email: PERSON.email, first: 'Neu', last: 'Mann' });
        const [before] = await byEmail(s, PERSON.email);
        await s.person.mustDo('update', 'customer', `#${made.record}`, `email=${PERSON.email}`);
        await pushAgain(s, 2);
        assert.equal(await state(s, made.push), 'done');
        assert.equal((await byEmail(s, PERSON.email))[0].password_hash, before.password_hash);
    });

    test('is found after its second try, and not said to be undone', async (t) => {
        const s = await start(t);
        const made = await s.person.create('customer', 0, { ...PERSON, password: 'hush-hush' });
        await pushIntoVoid(s, CREATE);
        await later(s.tb);
        await s.store.fault('cut', { op: CREATE, times: 1, bytes: 200 });
        await s.tb.sync('push', 'shop');
        const done = await row(s.tb, made.push);
        assert.deepEqual([done.state, done.error], ['done', null]);
        const [there, ...more] = await byEmail(s, PERSON.email);
        assert.equal(more.length, 0);
        assert.ok(there.password_hash, 'it went with the creation');
    });

    test('an address that was corrected in the store meanwhile is not made twice', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const made = await s.person.create('customer_address', c.entity_id, PLACE);
        await pushIntoDoubt(s, 'customerAddressCreate');
        const inUlm = async () => (await inStore(s, c.entity_id)).addresses.filter((a) => a.city === 'Ulm');
        await s.store.change('address.update', { id: (await inUlm())[0].entity_id, field: 'telephone', value: '0731 2' });
        await pushAgain(s, 2);
        assert.equal((await inUlm()).length, 1);
        const refused = await row(s.tb, made.push);
        assert.equal(refused.state, 'rejected');
        assert.match(refused.error, /^Not sent again: it may be an address that the customer has got/);
        await s.person.mustDo('retry', made.push); // somebody has looked: it is another one
        await push(s.tb);
        assert.deepEqual((await inUlm()).map((a) => a.telephone).sort(), ['0731 1', '0731 2']);
    });

    test('does not stand in the way of a second address that was made meanwhile', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const one = await s.person.create('customer_address', c.entity_id, PLACE);
        await pushIntoDoubt(s, 'customerAddressCreate');
        const two = await s.person.create('customer_address', c.entity_id, { ...PLACE, street: 'Zwei 2' });
        await s.store.fault('500', { op: 'customerAddressCreate', times: 1 });
        await s.tb.sync('push', 'shop'); // the first one is not looked at again for five minutes
        await s.store.clear();
        assert.deepEqual([await state(s, one.push), await state(s, two.push)], ['sending', 'done']);
        await pushAgain(s, 2);
        assert.deepEqual([await state(s, one.push), await state(s, two.push)], ['done', 'done']);
        const streets = (await inStore(s, c.entity_id)).addresses.map((a) => a.street);
        assert.deepEqual(streets.sort(), [...c.addresses.map((a) => a.street), PLACE.street, 'Zwei 2'].sort());
    });

    test('nor while a channel only shows what it would push', async (t) => {
        const s = await start(t);
        const made = await s.person.create('customer', 0, PERSON);
        await pushIntoVoid(s, CREATE);
        await pushMode(s.tb, 'dry');
        await pushAgain(s, 1);
        assert.equal(await state(s, made.push), 'waiting', 'the store does not have it');
        await s.person.mustDo('update', 'customer', `#${made.record}`, 'firstname=Neuer');
        await pushMode(s.tb, 'send');
        await pushAgain(s, 1);
        assert.deepEqual((await byEmail(s, PERSON.email)).map((c) => c.firstname), ['Neuer']);
    });

    test('that was made, but not read again, is discarded without emptying the record here', async (t) => {
        const s = await start(t);
        const made = await s.person.create('customer', 0, PERSON);
        await s.store.fault('503', { op: 'oroCustomerList', after: 1, times: 0 }); // after the look before it
        await s.tb.sync('push', 'shop');
        const [there] = await byEmail(s, PERSON.email);
        const waiting = await row(s.tb, made.push);
        assert.deepEqual([waiting.state, waiting.origin_id], ['sending', Number(there.entity_id)]);
        await s.person.mustDo('drop', made.push);
        const [here] = await s.tb.sql(`SELECT email, firstname, lastname FROM customers WHERE id = ${made.record}`);
        assert.deepEqual({ ...here }, { email: PERSON.email, firstname: 'Neu', lastname: 'Mann' });
        await s.store.clear();
        await s.store.pass(600);
        await s.load();
        await s.assertEqual();
    });

    test('stays in doubt between the tries: what is said of its password, and of its drop', async (t) => {
        const s = await start(t);
        const made = await s.person.create('customer', 0, { ...PERSON, password: 'hush-hush' });
        await s.store.fault('500', { op: CREATE, times: 0 });
        await pushAgain(s, 4);
        assert.equal(await state(s, made.push), 'failed');
        await s.tb.sql('UPDATE outbox SET password_until = password_until - 901');
        await s.tb.sync('due');
        assert.equal((await row(s.tb, made.push)).password_lost, 2);
        await s.person.mustDo('drop', made.push);
        assert.match((await row(s.tb, made.push)).outcome, /; the store may have done it by then$/);
    });

    test('a try that cannot have arrived leaves none', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        await s.store.fault('fault', { op: UPDATE, times: 1, code: 2, text: 'Access denied.' });
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        await s.tb.sync('push', 'shop');
        const now = await row(s.tb, id);
        assert.deepEqual([now.state, now.tries, now.sent_at], ['failed', 1, null]);
        await s.person.mustDo('drop', id);
        assert.match((await row(s.tb, id)).outcome, /^Dropped by [^;]*$/);
    });

    test('changed back after a try that broke off, it is looked after', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        await s.store.fault('500', { op: UPDATE, times: 0 });
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        await pushAgain(s, 4);
        assert.equal(await state(s, id), 'failed');
        await s.person.mustDo('update', 'customer', c.entity_id, `firstname=${c.firstname}`);
        assert.equal(await state(s, id), 'waiting');
        await s.store.clear();
        await pushAgain(s, 1);
        assert.equal((await row(s.tb, id)).outcome, 'The store had it already');
    });
});

describe('a discard', () => {
    test('of a deletion leaves the address as the store has it, whatever waited for it', async (t) => {
        const s = await start(t);
        await pushMode(s.tb, 'approve');
        const [a] = s.customers.find((x) => x.addresses.length > 0).addresses;
        await s.person.change('customer_address', a.entity_id, { city: 'Wrongtown' });
        const deletion = await s.person.mustDo('delete', a.entity_id);
        await s.person.mustDo('drop', deletion.push);
        await s.assertEqual();
    });

    test('of a subscription takes its mark from the customer', async (t) => {
        const s = await start(t);
        await pushMode(s.tb, 'approve');
        const [c] = await s.tb.sql('SELECT id, origin_id FROM customers WHERE origin_id > 0 AND subscriber_status IS NULL LIMIT 1');
        const marked = () => s.tb.one(`SELECT subscriber_status FROM customers WHERE id = ${c.id}`);
        const made = await s.person.mustDo('subscribe-customer', c.origin_id, 1);
        assert.equal(await marked(), 1);
        await s.person.mustDo('drop', made.push);
        assert.equal(await marked(), null);
        await s.assertEqual();
    });
});

describe('a creation whose account an import has found', () => {
    async function found(t) {
        const s = await start(t, { priority: 'local' });
        await pushMode(s.tb, 'approve');
        const made = await s.person.create('customer', 0, PERSON);
        await s.store.change('customer.new', { email: PERSON.email, first: 'Other', last: PERSON.lastname });
        await s.store.pass(600);
        await s.load();
        assert.ok((await row(s.tb, made.push)).origin_id);
        return { s, made, edit: (...values) => s.person.mustDo('update', 'customer', `#${made.record}`, ...values) };
    }

    test('keeps a later edit apart, with a way back of its own', async (t) => {
        const { s, made, edit } = await found(t);
        const later = await edit('taxvat=WRONG', 'middlename=Q');
        assert.notEqual(later.push, made.push);
        await s.person.mustDo('drop', later.push);
        await s.person.mustDo('drop', made.push);
        await s.assertEqual();
    });

    test('takes a password that was entered knowing of it', async (t) => {
        const { s, made, edit } = await found(t);
        const [before] = await byEmail(s, PERSON.email);
        const later = await edit('password=hush-hush');
        for (const id of [made.push, later.push]) {
            await s.person.mustDo('approve', id);
        }
        await pushAgain(s, 2);
        assert.notEqual((await byEmail(s, PERSON.email))[0].password_hash, before.password_hash);
        assert.equal((await row(s.tb, later.push)).outcome, 'Password set');
    });

    test('is not tried again when it had been refused', async (t) => {
        const s = await start(t, { priority: 'local' });
        const made = await s.person.create('customer', 0, PERSON);
        await s.store.fault('fault', { op: CREATE, times: 1, code: 100, text: 'no' });
        await push(s.tb, 1);
        await s.store.change('customer.new', { email: PERSON.email, first: 'Nele', last: 'Mann' });
        await s.store.pass(600);
        await s.load();
        assert.match((await s.person.does('retry', made.push)).err, /^Not tried again: the store has the record by now/m);
        await pushAgain(s, 1);
        assert.equal((await byEmail(s, PERSON.email))[0].firstname, 'Nele');
    });

    test('is not edited in the outbox, where its values have no base', async (t) => {
        const { s, made } = await found(t);
        const refused = await s.person.does('set', made.push, 'lastname', 'Anders');
        assert.match(refused.err, /^Not changed: the store has the record by now/m);
    });
});

describe('a creation', () => {
    test('whose password was erased takes another one, also without the bridge', async (t) => {
        const s = await start(t, { store: { bridge: 'no' } });
        await pushMode(s.tb, 'approve');
        const made = await s.person.create('customer', 0, { ...PERSON, password: 'hush-hush' });
        await s.tb.sql('UPDATE outbox SET password_until = password_until - 901');
        await push(s.tb);
        assert.equal((await row(s.tb, made.push)).password_lost, 1);
        await s.person.mustDo('update', 'customer', `#${made.record}`, 'password=hush-again');
        await s.person.mustDo('approve', made.push);
        await push(s.tb);
        assert.equal((await row(s.tb, made.push)).outcome, 'Sent');
        assert.ok((await byEmail(s, PERSON.email))[0].password_hash);
        const refused = await s.person.does('update', 'customer', `#${made.record}`, 'password=hush-third');
        assert.match(refused.err, /^Password not taken: without the bridge/m);
    });

    test('that was refused has no run filed for the addresses that wait for it', async (t) => {
        const s = await start(t);
        await s.store.fault('fault', { op: CREATE, times: 1, code: 100, text: 'No' });
        const made = await s.person.create('customer', 0, PERSON);
        await s.person.create('customer_address', `#${made.record}`, PLACE);
        await push(s.tb, 1);
        await later(s.tb);
        await s.tb.sql('UPDATE runs SET started_at = started_at + 86400 * 3650'); // no other run is due
        const runs = await s.tb.one('SELECT count(*) FROM runs');
        assert.equal((await s.tb.sync('due')).code, 0);
        assert.equal(await s.tb.one('SELECT count(*) FROM runs'), runs);
        await s.person.mustDo('retry', made.push);
        assert.equal((await s.tb.sync('due')).code, 0);
        assert.equal((await byEmail(s, PERSON.email))[0].addresses.length, 1);
    });
});

describe('somebody else\'s', () => {
    test('subscription is not taken for a namesake of another website', async (t) => {
        const s = await start(t);
        const { a, b } = await namesakes(s);
        const theirs = await s.store.change('subscriber.new', { email: a.email, status: 3 });
        for (const owner of [a.entity_id, 0]) {
            await s.store.change('subscriber.silent', { id: theirs.id, field: 'customer_id', value: owner });
            await s.store.change('subscriber.silent', { id: theirs.id, field: 'store_id', value: a.store_id });
            const there = async () => (await s.store.dump('subscriber', { from: theirs.id, to: theirs.id }))[0];
            const before = await there();
            const made = await s.person.mustDo('subscribe-customer', b.entity_id, 1);
            await push(s.tb, 1); // a store has each e-mail once
            assert.deepEqual(await there(), before);
            const { state: is, error } = await row(s.tb, made.push);
            assert.deepEqual([is, error], ['rejected', 'The store refused it: Customer already subscribed.']);
            await s.person.mustDo('drop', made.push);
        }
    });

    test('nobody\'s of their website is theirs, also where the account was made in the admin', async (t) => {
        const s = await start(t, { priority: 'local' });
        const { a } = await namesakes(s);
        await s.store.change('customer.touch', { id: a.entity_id, field: 'store_id', value: 0 });
        await s.store.pass(600);
        await s.load();
        const made = await s.person.mustDo('subscribe-customer', a.entity_id, 1);
        const guests = await s.store.change('subscriber.new', { email: a.email, status: 3 });
        await s.store.change('subscriber.silent', { id: guests.id, field: 'store_id', value: a.store_id });
        await s.store.change('subscriber.silent', { id: guests.id, field: 'customer_id', value: 0 });
        await push(s.tb);
        const there = (await s.store.dump('subscriber')).filter((x) => x.subscriber_email === a.email);
        assert.deepEqual(there.map((x) => [x.subscriber_id, x.subscriber_status]), [[String(guests.id), '1']]);
        assert.equal((await row(s.tb, made.push)).origin_id, Number(guests.id));
    });

    test('nor by an import that comes before the push', async (t) => {
        const s = await start(t, { priority: 'local' });
        const { a, b } = await namesakes(s);
        await pushMode(s.tb, 'approve');
        const made = await s.person.mustDo('subscribe-customer', b.entity_id, 1);
        const theirs = await s.store.change('subscriber.new', { email: a.email, status: 3 });
        await s.store.change('subscriber.silent', { id: theirs.id, field: 'store_id', value: a.store_id });
        await s.store.pass(600);
        await s.load();
        assert.equal((await row(s.tb, made.push)).origin_id, null);
        await s.person.mustDo('approve', made.push);
        await s.tb.sync('push', 'shop');
        assert.equal((await s.store.dump('subscriber', { from: theirs.id, to: theirs.id }))[0].subscriber_status, '3');
    });

    test('order is not called deleted where the right to look is missing', async (t) => {
        const s = await twoWayShop(t);
        await s.tb.sync('verify', 'shop', '--repair'); // one that only the core's list has
        const id = await s.tb.one("SELECT origin_id FROM orders WHERE store_origin_id IS NULL LIMIT 1");
        await s.store.set({ deny: 'salesOrderList' });
        await s.tb.reconnect({ user: 'limited' });
        const made = await s.person.mustDo('order', id, 'comment', 'Called');
        await push(s.tb, 1);
        const now = await row(s.tb, made.push);
        assert.equal(now.state, 'failed');
        assert.match(now.error, /lacks the right/);
    });
});

test('values of hundreds of kilobytes from the store do not stop a person', async (t) => {
    const s = await start(t);
    const [c] = s.customers;
    const id = await s.person.change('customer', c.entity_id, { firstname: 'Here', lastname: 'Hier', taxvat: 'X' });
    await s.tb.sql(`UPDATE outbox_fields SET store_value = hex(zeroblob(350000)), store_at = 5 WHERE outbox_id = ${id}`);
    await s.person.mustDo('approve', id);
    await s.person.mustDo('drop', id);
    assert.equal(await s.tb.one(`SELECT length(firstname) FROM customers WHERE origin_id = ${c.entity_id}`), 700000);
});
