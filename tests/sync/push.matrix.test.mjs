// Who wins when a field changed here, there, on both sides or on neither: in the store afterwards,
// here afterwards, and in the next sync, which finds nothing new.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MODES, assertNoEcho, inStore, later, priority, push, row, twoWayShop } from '../kit/push.mjs';

const SIZES = { customers: 60, orders: 20, carts: 10, subscribers: 20, memos: 3 };
const FIELDS = ['firstname', 'lastname', 'taxvat'];

const address = (customer, id) => customer.addresses.find((a) => a.entity_id === id);

// What one customer goes through: changes here, changes there, and what both shall be for each rule.
const CELLS = {
    'one field, here': { here: { firstname: 'Here' } },
    'one field, there': { there: { firstname: 'There' } },
    'one field, both': { here: { firstname: 'Here' }, there: { firstname: 'There' } },
    'one field, both the same': { here: { firstname: 'Same' }, there: { firstname: 'Same' } },
    'one field, neither': {},
    'several, here': { here: { firstname: 'Here', lastname: 'Hier', taxvat: 'H1' } },
    'several, there': { there: { firstname: 'There', lastname: 'Dort', taxvat: 'T1' } },
    'several, both': {
        here: { firstname: 'Here', lastname: 'Hier' },
        there: { firstname: 'There', taxvat: 'T1' },
    },
    'several, all on both': {
        here: { firstname: 'Here', lastname: 'Hier', taxvat: 'H1' },
        there: { firstname: 'There', lastname: 'Dort', taxvat: 'T1' },
    },
    'cleared here': { here: { lastname: '' } },
    'cleared there, changed here': { here: { lastname: 'Hier' }, there: { lastname: 'NULL' } },
    'address, here': { address: true, here: { city: 'Hier', street: 'Erste 1\nZweite 2' } },
    'address, there': { address: true, there: { city: 'Dort' } },
    'address, both': { address: true, here: { city: 'Hier', postcode: '11111' }, there: { city: 'Dort' } },
    'address, neither': { address: true },
};

// One customer for each cell, each with an address. Their names differ from all that is entered.
async function cast(s) {
    const all = s.customers.filter((c) => c.addresses.length > 0 && c.lastname && c.firstname);
    return Object.entries(CELLS).map(([name, cell], i) => ({ name, ...cell, customer: all[i] }));
}

async function play(s, cell) {
    const { customer } = cell;
    const own = cell.address ? customer.addresses[0] : customer;
    cell.was = own;
    if (cell.here) {
        cell.push = await s.person.change(
            cell.address ? 'customer_address' : 'customer', own.entity_id, cell.here);
    }
    for (const [field, value] of Object.entries(cell.there ?? {})) {
        await s.store.change('customer.touch', {
            id: customer.entity_id, value, field: cell.address ? `addresses.0.${field}` : field });
    }
}

// The store's value of a field in the end. decide: who wins where both sides changed it.
function expected(cell, field, decide) {
    const { here = {}, there = {} } = cell;
    const text = (value) => (value === '' || value === 'NULL' ? null : value);
    if (field in here && field in there) {
        return text(decide(field) === 'local' ? here[field] : there[field]);
    }
    return field in here ? text(here[field]) : field in there ? text(there[field]) : cell.was[field];
}

async function assertStore(s, cells, decide) {
    for (const cell of cells) {
        const now = await inStore(s, cell.customer.entity_id);
        const own = cell.address ? address(now, cell.was.entity_id) : now;
        for (const field of cell.address ? ['city', 'street', 'postcode'] : FIELDS) {
            assert.equal(own[field], expected(cell, field, (f) => decide(cell, f)), `${cell.name}: ${field}`);
        }
    }
}

// What each row says that came of its fields.
async function assertResults(s, cells, decide) {
    for (const cell of cells.filter((c) => c.push)) {
        const { state, fields } = await row(s.tb, cell.push);
        assert.equal(state, 'done', cell.name);
        for (const [field, { result }] of Object.entries(fields)) {
            const { here, there = {} } = cell;
            const wanted = !(field in there) ? 'sent'
                : here[field] === there[field] ? 'same'
                : decide(cell, field) === 'local' ? 'sent' : 'store';
            assert.equal(result, wanted, `${cell.name}: ${field}`);
        }
    }
}

async function settle(s, cells, decide) {
    await assertStore(s, cells, decide);
    await assertResults(s, cells, decide);
    await s.store.pass(600);
    await s.load(); // brings what changed there alone
    await assertNoEcho(s);
    await s.assertEqual();
}

async function playAll(s) {
    const cells = await cast(s);
    for (const cell of cells) {
        await play(s, cell);
    }
    return cells;
}

describe('who wins', { concurrency: 2 }, () => {
    for (const [mode, store] of MODES) {
        for (const winner of ['remote', 'local']) {
            test(`${winner} wins: ${mode}`, async (t) => {
                const s = await twoWayShop(t, { store: { sizes: SIZES, ...store }, priority: winner });
                const cells = await playAll(s);
                await push(s.tb);
                await settle(s, cells, () => winner);
            });
        }

        test(`a person is asked: ${mode}`, async (t) => {
            const s = await twoWayShop(t, { store: { sizes: SIZES, ...store } });
            for (const field of FIELDS) {
                await s.person.mustDo('rule', 'customer', field, 'ask');
            }
            await s.person.mustDo('rule', 'customer_address', 'city', 'ask');
            const cells = await playAll(s);
            await push(s.tb, 1);
            const before = await s.store.dump('customer');
            const answers = new Map();
            for (const cell of cells.filter((c) => c.push)) {
                const { state, fields } = await row(s.tb, cell.push);
                const open = Object.keys(cell.here).filter(
                    (f) => f in (cell.there ?? {}) && cell.here[f] !== cell.there[f]);
                assert.equal(state, open.length ? 'conflict' : 'done', cell.name);
                for (const [i, field] of open.entries()) {
                    assert.equal(fields[field].store_value, cell.there[field] === 'NULL' ? null : cell.there[field]);
                    answers.set(`${cell.name} ${field}`, i % 2 ? 'local' : 'remote');
                }
            }
            // nothing of a row goes while a part of it waits for an answer
            assert.equal(address(before.find((c) => c.entity_id === cells[13].customer.entity_id),
                cells[13].was.entity_id).postcode, cells[13].was.postcode);
            const decide = (cell, field) => answers.get(`${cell.name} ${field}`);
            for (const cell of cells.filter((c) => c.push)) {
                for (const field of Object.keys(cell.here).filter((f) => decide(cell, f))) {
                    await s.person.mustDo('choose', cell.push, field, decide(cell, field) === 'local' ? 'here' : 'store');
                }
            }
            await push(s.tb);
            await settle(s, cells, decide);
        });
    }
});

describe('around a conflict', { concurrency: 2 }, () => {
    test('an import before the push shows the conflict and keeps both values', async (t) => {
        const s = await twoWayShop(t, { store: { sizes: SIZES } });
        const [c] = s.customers;
        const id = await s.person.change('customer', c.entity_id, { lastname: 'Hier' });
        await s.store.change('customer.touch', { id: c.entity_id, field: 'lastname', value: 'Dort' });
        const done = await s.tb.run('--one', `customer:${c.entity_id}`);
        assert.equal(done.code, 0, done.err);
        const { fields } = await row(s.tb, id);
        assert.equal(fields.lastname.base_value, c.lastname);
        assert.equal(fields.lastname.store_value, 'Dort');
        assert.equal((await s.tb.export('customer')).find((r) => r.origin_id === Number(c.entity_id)).lastname, 'Hier');
        await push(s.tb);
        const rows = await s.tb.sql("SELECT f.old_value, f.new_value FROM change_fields f WHERE field = 'lastname' ORDER BY 1");
        assert.deepEqual(rows.map((r) => [r.old_value, r.new_value]).sort(),
            [[c.lastname, 'Hier'], ['Hier', 'Dort']].sort(), 'the value that lost is in the history');
        await assertNoEcho(s);
        await s.assertEqual();
    });

    test('a choice is void when the store changes again', async (t) => {
        const s = await twoWayShop(t, { store: { sizes: SIZES } });
        const [c] = s.customers;
        await s.person.mustDo('rule', 'customer', 'lastname', 'ask');
        const id = await s.person.change('customer', c.entity_id, { lastname: 'Hier' });
        await s.store.change('customer.touch', { id: c.entity_id, field: 'lastname', value: 'Dort' });
        await push(s.tb, 1);
        await s.person.mustDo('choose', id, 'lastname', 'here');
        await s.store.change('customer.touch', { id: c.entity_id, field: 'lastname', value: 'Anderswo' });
        await push(s.tb, 1);
        assert.equal((await row(s.tb, id)).state, 'conflict');
        assert.equal((await inStore(s, c.entity_id)).lastname, 'Anderswo');
        await s.person.mustDo('choose', id, 'lastname', 'here');
        await push(s.tb);
        assert.equal((await inStore(s, c.entity_id)).lastname, 'Hier');
        await assertNoEcho(s);
        await s.assertEqual();
    });

    test('a rule that changes decides what waits', async (t) => {
        const s = await twoWayShop(t, { store: { sizes: SIZES } });
        const [c] = s.customers;
        await s.person.mustDo('rule', 'customer', 'lastname', 'ask');
        await s.person.change('customer', c.entity_id, { lastname: 'Hier' });
        await s.store.change('customer.touch', { id: c.entity_id, field: 'lastname', value: 'Dort' });
        await push(s.tb, 1);
        await s.person.mustDo('rule', 'customer', 'lastname', '-');
        await priority(s.tb, 'local');
        await later(s.tb);
        await push(s.tb);
        assert.equal((await inStore(s, c.entity_id)).lastname, 'Hier');
        await assertNoEcho(s);
        await s.assertEqual();
    });
});
