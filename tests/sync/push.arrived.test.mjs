// Three values of a field, and a fourth: what was sent, and may have arrived before its end was known.
// Whatever comes next counts from what both sides had last.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PLACE, imports, inStore, push, pushAgain, pushIntoDoubt, pushIntoVoid, pushMode, row, state, twoWayShop } from '../kit/push.mjs';

const SIZES = { customers: 45, orders: 20, carts: 2, subscribers: 45, memos: 1 };
const UPDATE = 'oroCustomerUpdate';

const start = (t, options = {}) => twoWayShop(t, { ...options, store: { sizes: SIZES, ...options.store } });
const hereOf = (s, c) => s.tb.one(`SELECT firstname FROM customers WHERE origin_id = ${c.entity_id}`);

describe('a value that arrived before its end was known', () => {
    // firstname arrived; the store has changed lastname since, and somebody is asked about that.
    async function arrivedInConflict(t) {
        const s = await start(t);
        const [c] = s.customers;
        await s.person.mustDo('rule', 'customer', 'lastname', 'ask');
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here', lastname: 'Hier' });
        await pushIntoDoubt(s, UPDATE);
        await s.store.change('customer.touch', { id: c.entity_id, field: 'lastname', value: 'Dort' });
        await pushAgain(s, 1);
        assert.equal(await state(s, id), 'conflict');
        return { s, c, id };
    }

    test('hides neither that it was sent nor what was there before', async (t) => {
        const { s, c, id } = await arrivedInConflict(t);
        await s.person.mustDo('choose', id, 'lastname', 'store');
        await push(s.tb);
        const { firstname } = (await row(s.tb, id)).fields;
        assert.deepEqual([firstname.result, firstname.store_value], ['sent', c.firstname]);
        await s.person.mustDo('revert', id);
        await push(s.tb);
        const now = await inStore(s, c.entity_id);
        assert.deepEqual([now.firstname, now.lastname], [c.firstname, 'Dort']);
    });

    for (const [what, value] of [['another value', () => 'Neu'], ['the former one', (c) => c.firstname]]) {
        test(`is no change of the store's that would win over ${what}`, async (t) => {
            const { s, c, id } = await arrivedInConflict(t);
            await s.person.mustDo('update', 'customer', c.entity_id, `firstname=${value(c)}`);
            await s.person.mustDo('choose', id, 'lastname', 'store');
            await pushAgain(s, 2);
            assert.equal((await inStore(s, c.entity_id)).firstname, value(c));
            assert.equal(await hereOf(s, c), value(c));
        });
    }

    test('hides as little that it went over a change of the store', async (t) => {
        const s = await start(t, { priority: 'local' });
        const [c] = s.customers;
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        await s.store.change('customer.touch', { id: c.entity_id, field: 'firstname', value: 'Dort' });
        await pushIntoDoubt(s, UPDATE);
        await imports(s);
        await pushAgain(s, 1);
        const { is_conflict, result, store_value } = (await row(s.tb, id)).fields.firstname;
        assert.deepEqual({ is_conflict, result, store_value }, { is_conflict: 1, result: 'sent', store_value: 'Dort' });
    });

    test('stays here, as in the store, when its change is discarded', async (t) => {
        const { s, c, id } = await arrivedInConflict(t);
        await imports(s); // the last one that reads it: nothing changes there any more
        await s.person.mustDo('drop', id);
        const here = await s.tb.sql(`SELECT firstname, lastname FROM customers WHERE origin_id = ${c.entity_id}`);
        assert.deepEqual({ ...here[0] }, { firstname: 'Here', lastname: 'Dort' });
        await s.assertEqual();
    });

    test('also when no more is known than what an import saw', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here' });
        await pushIntoDoubt(s, UPDATE);
        await imports(s);
        assert.equal(await state(s, id), 'sending');
        await s.person.mustDo('drop', id);
        assert.equal(await hereOf(s, c), 'Here');
        await s.assertEqual();
    });

    test('and when the deletion of its address is', async (t) => {
        const s = await start(t);
        const c = s.customers.find((x) => x.addresses.length > 0);
        const [a] = c.addresses;
        await s.person.mustDo('rule', 'customer_address', 'city', 'ask');
        const id = await s.person.change('customer_address', a.entity_id, { city: 'Hier', street: 'Here 1' });
        await pushIntoDoubt(s, 'customerAddressUpdate');
        await s.store.change('address.update', { id: a.entity_id, field: 'city', value: 'Dort' });
        await pushAgain(s, 1);
        assert.equal(await state(s, id), 'conflict');
        await s.store.change('customer.touch', { id: c.entity_id, field: 'middlename', value: 'Q' });
        await imports(s);
        const deletion = await s.person.mustDo('delete', a.entity_id);
        await s.person.mustDo('drop', deletion.push);
        const here = await s.tb.sql(`SELECT city, street FROM customer_addresses WHERE origin_id = ${a.entity_id}`);
        assert.deepEqual({ ...here[0] }, { city: 'Dort', street: 'Here 1' });
        await s.assertEqual();
    });

    for (const rule of ['remote', 'local', 'ask']) {
        test(`is what a later change of the store counts from, also one back to the former value: ${rule}`, async (t) => {
            const s = await start(t);
            await s.person.mustDo('rule', 'subscriber', 'status', rule);
            const subscribers = () => s.store.dump('subscriber');
            const { subscriber_id: who } = (await subscribers()).find((x) => x.subscriber_status === '3');
            const status = async () => (await subscribers()).find((x) => x.subscriber_id === who).subscriber_status;
            const made = await s.person.mustDo('subscribe', who, 1);
            await pushIntoDoubt(s, 'newsletterSubscriberUpdate');
            assert.deepEqual([await state(s, made.push), await status()], ['sending', '1']);
            await imports(s);
            await s.store.change('subscriber.silent', { id: who, field: 'subscriber_status', value: '3' });
            await pushAgain(s, 2);
            assert.equal(await status(), '3', 'who unsubscribed is not subscribed again');
            assert.equal((await row(s.tb, made.push)).outcome, "The store's values stay");
            assert.equal(await s.tb.one(`SELECT status FROM subscribers WHERE origin_id = ${who}`), 3);
        });
    }

    test('so does one that both sides made alike', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        await pushMode(s.tb, 'approve');
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Both' });
        await s.store.change('customer.touch', { id: c.entity_id, field: 'firstname', value: 'Both' });
        await imports(s);
        await s.store.change('customer.touch', { id: c.entity_id, field: 'firstname', value: c.firstname });
        await s.person.mustDo('approve', id);
        await pushAgain(s, 1);
        assert.equal((await inStore(s, c.entity_id)).firstname, c.firstname);
        assert.equal((await row(s.tb, id)).outcome, "The store's values stay");
    });

    test('leaves no conflict behind that was decided for it', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        await s.person.mustDo('rule', 'customer', 'firstname', 'ask');
        await s.person.mustDo('rule', 'customer', 'lastname', 'ask');
        const id = await s.person.change('customer', c.entity_id, { firstname: 'Here', lastname: 'Hier' });
        await s.store.change('customer.touch', { id: c.entity_id, field: 'firstname', value: 'Storename' });
        await pushAgain(s, 1);
        await s.person.mustDo('choose', id, 'firstname', 'here');
        await pushIntoDoubt(s, UPDATE);
        await s.store.change('customer.touch', { id: c.entity_id, field: 'lastname', value: 'Dort' });
        await pushAgain(s, 1);
        await s.person.mustDo('update', 'customer', c.entity_id, 'firstname=Corrected');
        const stale = await s.person.does('choose', id, 'firstname', 'store');
        assert.match(stale.err, /^Nothing chosen: First name is no conflict/m);
        await s.person.mustDo('choose', id, 'lastname', 'store');
        await pushAgain(s, 2);
        assert.deepEqual([await state(s, id), (await inStore(s, c.entity_id)).firstname], ['done', 'Corrected']);
        await s.person.mustDo('revert', id);
        await pushAgain(s, 1);
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Storename', 'what it had before both of ours');
    });

    test('is none either for a later edit, once the first is discarded', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const first = await s.person.change('customer', c.entity_id, { firstname: 'One' });
        await pushIntoDoubt(s, UPDATE);
        const second = await s.person.change('customer', c.entity_id, { firstname: 'Two' });
        await imports(s); // sees the first one in the store
        await s.person.mustDo('drop', first);
        await pushAgain(s, 1);
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Two');
        assert.equal((await row(s.tb, second)).fields.firstname.is_conflict, 0);
    });
});

describe('an edit on top of one that may not have arrived', () => {
    // The first one did not, which nobody can tell; an import has read the store meanwhile.
    async function secondEdit(t, value, options) {
        const s = await start(t, options);
        const [c] = s.customers;
        const first = await s.person.change('customer', c.entity_id, { firstname: 'Wrong' });
        await pushIntoVoid(s, UPDATE);
        assert.equal(await state(s, first), 'sending');
        const second = await s.person.change('customer', c.entity_id, { firstname: value ?? c.firstname });
        await s.store.change('customer.touch', { id: c.entity_id, field: 'middlename', value: 'Q' });
        await imports(s);
        return { s, c, first, second };
    }

    for (const [what, value] of [['another value', 'Right'], ['the former one', null]]) {
        test(`reaches the store after it: ${what}`, async (t) => {
            const { s, c, second } = await secondEdit(t, value);
            assert.match((await s.person.does('choose', second, 'firstname', 'store')).err, /First name is no conflict/);
            await pushAgain(s, 2);
            assert.equal((await inStore(s, c.entity_id)).firstname, value ?? c.firstname);
            assert.equal((await row(s.tb, second)).fields.firstname.is_conflict, 0);
            await s.assertEqual();
        });
    }

    test('leaves the first one here when it is discarded', async (t) => {
        const { s, c, second } = await secondEdit(t, 'Two');
        await s.person.mustDo('drop', second);
        assert.equal(await hereOf(s, c), 'Wrong');
        await s.person.change('customer', c.entity_id, { firstname: 'Three' });
        await pushAgain(s, 2);
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Three');
    });

    test('that undoes a discarded one takes nothing from the store', async (t) => {
        const { s, c, first, second } = await secondEdit(t, null, { priority: 'local' });
        await s.store.change('customer.touch', { id: c.entity_id, field: 'firstname', value: 'Dort' });
        await s.person.mustDo('drop', first);
        await pushAgain(s, 2);
        assert.equal((await inStore(s, c.entity_id)).firstname, 'Dort');
        assert.equal((await row(s.tb, second)).outcome, "The store's values stay");
    });

    test('waits where both make an address the default, so that the last one stays it', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const made = [await s.person.create('customer_address', c.entity_id, PLACE),
            await s.person.create('customer_address', c.entity_id, { ...PLACE, street: 'Zwei 2' })];
        await push(s.tb);
        const [a, b] = await Promise.all(made.map((m) => s.tb.one(`SELECT origin_id FROM customer_addresses WHERE id = ${m.record}`)));
        await s.person.change('customer_address', a, { is_default_billing: 1 });
        await pushIntoDoubt(s, 'customerAddressUpdate');
        const last = await s.person.change('customer_address', b, { is_default_billing: 1 });
        await s.tb.sync('push', 'shop');
        assert.equal(await state(s, last), 'waiting');
        await pushAgain(s, 1);
        const { addresses } = await inStore(s, c.entity_id);
        assert.deepEqual(addresses.filter((x) => x.is_default_billing === '1').map((x) => x.entity_id), [String(b)]);
        await s.assertEqual();
    });
});

test('what is typed over a way back stays, whatever the store has by then', async (t) => {
    const s = await start(t);
    const [c] = s.customers;
    const one = await s.person.change('customer', c.entity_id, { firstname: 'Ours' });
    await push(s.tb);
    await s.store.change('customer.touch', { id: c.entity_id, field: 'firstname', value: 'Dort' });
    await imports(s);
    await pushMode(s.tb, 'approve');
    const back = await s.person.mustDo('revert', one);
    await s.person.mustDo('update', 'customer', c.entity_id, 'firstname=Ours');
    assert.equal(await hereOf(s, c), 'Ours');
    await s.person.mustDo('approve', back.push);
    await push(s.tb);
    assert.equal((await inStore(s, c.entity_id)).firstname, 'Ours');
});

test('a way back of an older change goes over a newer one of ours', async (t) => {
    const s = await start(t);
    const [c] = s.customers;
    const one = await s.person.change('customer', c.entity_id, { firstname: 'One' });
    await push(s.tb);
    await s.person.change('customer', c.entity_id, { firstname: 'Two' });
    await push(s.tb);
    await s.person.mustDo('revert', one);
    await push(s.tb);
    assert.equal((await inStore(s, c.entity_id)).firstname, c.firstname);
});

describe('a record that was made here, and that an import has found, stays when its change is discarded', () => {
    async function found(s, push) {
        await imports(s);
        await s.store.pass(7200);
        await imports(s); // the window of the next one begins after the record came
        assert.ok((await row(s.tb, push)).origin_id);
        await s.person.mustDo('drop', push);
        await s.load();
        await s.assertEqual();
    }

    test('an address', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const made = await s.person.create('customer_address', c.entity_id, PLACE);
        await pushIntoDoubt(s, 'customerAddressCreate');
        await s.store.change('customer.touch', { id: c.entity_id, field: 'middlename', value: 'Q' });
        await found(s, made.push);
    });

    test('a subscription', async (t) => {
        const s = await start(t);
        await pushMode(s.tb, 'approve');
        const [c] = await s.tb.sql('SELECT origin_id, email FROM customers WHERE origin_id > 0 AND subscriber_status IS NULL LIMIT 1');
        const made = await s.person.mustDo('subscribe-customer', c.origin_id, 1);
        const theirs = await s.store.change('subscriber.new', { email: c.email, status: 1 });
        await s.store.change('subscriber.silent', { id: theirs.id, field: 'customer_id', value: c.origin_id });
        await found(s, made.push);
    });
});

test('a subscription is found under the e-mail that its customer has in the store', async (t) => {
    const s = await start(t);
    const [c] = await s.tb.sql('SELECT id, origin_id FROM customers WHERE origin_id > 0 AND subscriber_status IS NULL LIMIT 1');
    await s.store.change('customer.touch', { id: c.origin_id, field: 'email', value: 'andere@example.com' });
    const made = await s.person.mustDo('subscribe-customer', c.origin_id, 1);
    await s.store.fault('cut', { op: 'newsletterSubscriberCreate', times: 1, bytes: 200 });
    await s.tb.sync('push', 'shop');
    await s.store.clear();
    await pushAgain(s, 1);
    assert.equal(await state(s, made.push), 'done');
    await s.store.pass(600);
    await s.load();
    assert.deepEqual((await s.tb.sql(`SELECT email FROM subscribers WHERE customer_id = ${c.id}`)).map((r) => r.email), ['andere@example.com']);
});

describe('a refused change that is pushed again', () => {
    test('leaves out what was decided for the store', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        await s.person.mustDo('rule', 'customer', 'lastname', 'ask');
        const id = await s.person.change('customer', c.entity_id, { firstname: 'One', lastname: 'Hier' });
        await s.store.change('customer.touch', { id: c.entity_id, field: 'lastname', value: 'Dort' });
        await pushAgain(s, 1);
        await s.person.mustDo('choose', id, 'lastname', 'store');
        await s.store.fault('fault', { op: UPDATE, times: 1, code: 100, text: 'no' });
        await pushAgain(s, 1);
        const { state: is, fields } = await row(s.tb, id);
        assert.deepEqual([is, fields.firstname.result, fields.lastname.result], ['rejected', null, 'store']);
        await s.person.mustDo('retry', id);
        await push(s.tb);
        const now = await inStore(s, c.entity_id);
        assert.deepEqual([now.firstname, now.lastname], ['One', 'Dort']);
    });

    test('meets what the store has got since as a conflict', async (t) => {
        const s = await start(t);
        const [c] = s.customers;
        const id = await s.person.change('customer', c.entity_id, { firstname: 'One', lastname: 'Hier' });
        await s.store.fault('fault', { op: UPDATE, times: 1, code: 100, text: 'no' });
        await push(s.tb, 1);
        await s.store.change('customer.touch', { id: c.entity_id, field: 'firstname', value: 'Theirs' });
        await imports(s);
        await s.person.mustDo('retry', id);
        await push(s.tb);
        const now = await inStore(s, c.entity_id);
        assert.deepEqual([now.firstname, now.lastname], ['Theirs', 'Hier']);
        assert.equal((await row(s.tb, id)).fields.firstname.is_conflict, 1);
        await s.assertEqual();
    });
});
