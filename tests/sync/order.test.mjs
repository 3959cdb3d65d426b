// The same shop, served and loaded in different orders, gives the same people, values and links:
// a guest may come before the customer who has the e-mail, an order before its cart, a credit memo
// before its order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { betweenExports, count, tell } from '../kit/compare.mjs';
import { shop } from '../kit/shop.mjs';

const SIZES = { customers: 330, orders: 420, carts: 300, subscribers: 120, memos: 40 };

const LARGE_PAGES = { page_size: 500 };

const ORDERS = [
    { shuffle: 0, steps: [[]] },
    { shuffle: 11, steps: [[]], conf: { page_size: 10, parallel: 8 } },
    { shuffle: 22, steps: [['order'], ['customer'], ['cart'], ['credit_memo'], ['subscriber']] },
    { shuffle: 33, steps: [['subscriber'], ['credit_memo'], ['cart'], ['customer'], ['order']], conf: { parallel: 1 } },
    { shuffle: 44, steps: [['cart', 'credit_memo'], ['order', 'subscriber'], ['customer']], conf: { page_size: 23 } },
    { shuffle: 55, steps: [['credit_memo'], ['order'], ['subscriber'], ['cart'], ['customer']], conf: LARGE_PAGES },
];

// Everything but what tells the order: our own ids, times of import and runs.
async function load(t, { shuffle, steps, conf }, mode) {
    const s = await shop(t, { store: { sizes: SIZES, ...mode }, conf });
    await s.store.set({ shuffle });
    for (const entities of steps) {
        await s.load(...entities.flatMap((e) => ['--entity', e]));
    }
    if (steps.length > 1) {
        await s.load(); // parents that an earlier step could not ask for
    }
    return s;
}

describe('order of arrival', { concurrency: 2 }, () => {
    for (const [name, mode] of [['with bridge', {}], ['without bridge', { bridge: 'no', mode: 'wsi' }]]) {
        test(`${ORDERS.length} orders give the same, ${name}`, async (t) => {
            const first = await load(t, ORDERS[0], mode);
            const rows = await first.assertEqual();
            const expected = await first.tb.exportAll();
            for (const order of ORDERS.slice(1)) {
                const entities = order.steps.map((step) => step.join('+') || 'all').join(', then ');
                await t.test(`shuffle ${order.shuffle}: ${entities}`, async (st) => {
                    const s = await load(st, order, mode);
                    const problems = betweenExports(expected, await s.tb.exportAll());
                    assert.equal(problems.length, 0, `\n${tell(problems)}`);
                    await s.assertSound();
                });
            }
            assert.equal(count(expected), rows);
            t.diagnostic(`${rows} rows the same in ${ORDERS.length} orders`);
        });
    }

    // A guest's e-mail registers, is given up again and taken by another: what was found by it stays
    // with whom it was found for.
    test('an e-mail that moves takes nothing along', async (t) => {
        const s = await shop(t);
        await s.load();
        const guest = (await s.tb.sql(
            'SELECT c.email, o.origin_id FROM customers c JOIN orders o ON o.customer_id = c.id' +
            " WHERE c.is_guest = 1 AND c.website_origin_id = 1 AND c.email NOT LIKE 'sharedesk%' LIMIT 1"))[0];
        const personOf = async () =>
            (await s.tb.export('order')).find((order) => order.origin_id === guest.origin_id).person;
        assert.ok((await personOf()).startsWith(`${guest.email}|`));

        await s.store.pass(3600);
        const one = await s.store.change('customer.new', { email: guest.email, first: 'Ann', last: 'One' });
        await s.store.pass(3600);
        await s.load();
        assert.equal(await personOf(), String(one.id));
        await s.assertEqual();

        const day = (at) => new Date(at * 1000).toISOString().replace('.000', '');
        await s.store.change('customer.touch', { id: one.id, field: 'email', value: 'elsewhere@example.com' });
        const email = guest.email.toUpperCase();
        const two = await s.store.change('customer.new', { email, first: 'Bo', last: 'Two' });
        await s.store.pass(3600);
        await s.load();
        s.settings.former = [{ customer: one.id, email: guest.email, until: day(s.store.now) }];
        assert.equal(await personOf(), String(one.id), 'not whoever has it now');
        await s.assertEqual();

        await s.store.pass(3600);
        const later = await s.store.change('order.new', { email, first: 'Bo', last: 'Two' });
        await s.store.pass(3600);
        await s.load();
        await s.store.change('customer.touch', { id: two.id, field: 'email', value: 'gone@example.com' });
        await s.store.pass(3600);
        await s.load();
        s.settings.former.push({ customer: two.id, email: guest.email, until: day(s.store.now) });
        assert.equal(await personOf(), String(one.id));
        const bought = (await s.tb.export('order')).find((order) => order.origin_id === later.id);
        assert.equal(bought.person, String(two.id), 'what was bought in between is of who had it then');
        await s.assertEqual();
    });
});
