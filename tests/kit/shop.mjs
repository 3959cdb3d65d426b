// A store and an installation that loads it: what most tests begin with.
import assert from 'node:assert/strict';
import { againstMirror, count, tell } from './compare.mjs';
import { wsdlTypes } from './extras.mjs';
import { keepRemovedItems, mirror } from './mirror.mjs';
import { Store } from './store.mjs';
import { Tollbook } from './tollbook.mjs';

export const SHARED = 'sharedesk@example.com';
export const SMALL = { customers: 90, orders: 110, carts: 70, subscribers: 30, memos: 12 };

// store: options of Store.start; conf: of Tollbook; args: of `channel add`; settings: of the mirror.
export async function shop(t, { store: options = {}, conf, args = [], settings, key, user } = {}) {
    const store = await Store.start(t, { sizes: SMALL, ...options });
    const tb = await Tollbook.create(t, conf);
    await tb.addChannel({ url: store.url, args: ['--shared-emails', SHARED, ...args], key, user });
    return new Shop(store, tb, options, { shared: [SHARED], ...settings });
}

export class Shop {
    constructor(store, tb, options, settings) {
        this.store = store;
        this.tb = tb;
        this.mode = { bridge: options.bridge !== 'no', attributes: options.attributes === 'yes' };
        this.settings = settings;
        this.items = []; // cart items expected before
    }

    // What Tollbook shall hold of the shop as it is now. only: leaves out rows that are not loaded.
    async expected(only = (rows) => rows) {
        this.types ??= wsdlTypes(await this.store.wsdl());
        const rows = only(await this.store.shop());
        const expected = mirror(rows, { mode: this.mode, settings: this.settings, types: this.types });
        keepRemovedItems(expected, this.items);
        this.items = expected.cart_item;
        return expected;
    }

    // Equal, field by field; gives the number of rows compared.
    async assertEqual(only) {
        const expected = await this.expected(only);
        const problems = againstMirror(expected, await this.tb.exportAll(Object.keys(expected)));
        assert.equal(problems.length, 0, `\n${tell(problems)}`);
        await this.assertSound();
        return count(expected);
    }

    async assertSound() {
        assert.deepEqual(await this.tb.soundness(), []);
    }

    // A run that must not: the words are what a person reads.
    async assertFails(code, ...words) {
        const done = await this.tb.run();
        assert.equal(done.code, code, `exit ${done.code}: ${done.err}${done.out}`);
        const said = [done.err, ...(await this.tb.messages())].join('\n');
        words.forEach((word) => assert.match(said, word));
        await this.assertSound();
        return done;
    }

    // The cause is gone: the next run brings everything. Quarantined records wait for their time.
    async assertHeals() {
        await this.store.clear();
        await this.tb.sql('UPDATE quarantine SET next_try_at = 0');
        await this.load();
        assert.deepEqual(await this.tb.quarantine(), []);
        return this.assertEqual();
    }

    // An entity ended in this state in the last run; the others were read whole.
    async assertOthersRead(entity, state = 'failed') {
        const rows = await this.tb.sql(
            'SELECT entity, state FROM run_entities WHERE run_id = (SELECT max(id) FROM runs)');
        for (const row of rows) {
            assert.equal(row.state, row.entity === entity ? state : 'done', row.entity);
        }
    }

    // A run that must end well.
    async load(...args) {
        const done = await this.tb.run(...args);
        assert.equal(done.code, 0, done.err + done.out);
        return done;
    }
}
