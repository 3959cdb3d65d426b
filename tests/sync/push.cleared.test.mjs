// A value that somebody clears: it is cleared in the store, in every mode; and where the store does
// not take that, the change ends as not taken, and the person reads so wherever they look for it.
import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, test } from 'node:test';
import { CONF, MODES, Person, assertNoEcho, inStore, push, row, twoWayShop } from '../kit/push.mjs';
import { SMALL } from '../kit/shop.mjs';
import { Store } from '../kit/store.mjs';
import { Tollbook } from '../kit/tollbook.mjs';
import { readerOf, words } from '../kit/web.mjs';

const HOUR = 3600;
const SIZES = { ...SMALL, customers: 30, orders: 20, carts: 4, subscribers: 4, memos: 2 };
const FILLED = { gender: '1', dob: '1980-01-02 00:00:00', middlename: 'Q.', prefix: 'Dr.', suffix: 'jr.', taxvat: 'DE1' };

describe('what is cleared here', { concurrency: 2 }, () => {
    for (const [mode, store] of MODES) {
        test(`is cleared there: ${mode}`, async (t) => {
            const s = await twoWayShop(t, { store: { ...store, sizes: SIZES } });
            const fields = Object.keys(FILLED).filter((f) => f !== 'gender' || store.bridge !== 'no'); // the core does not tell it
            const who = fields.map((field, i) => [field, s.customers[i + 3].entity_id]);
            for (const [field, id] of who) await s.store.change('customer.touch', { id, field, value: FILLED[field] });
            await s.store.pass(HOUR);
            await s.load();
            for (const [field, id] of who) {
                const made = await s.person.change('customer', id, { [field]: '' });
                await push(s.tb);
                const done = await row(s.tb, made);
                assert.equal(done.state, 'done', `${field}: ${done.error}`);
                assert.equal((await inStore(s, id))[field], null, field);
                assert.equal(await s.tb.one(`SELECT ${field} FROM customers WHERE origin_id = ${id}`), null, field);
            }
            await assertNoEcho(s);
        });
    }
});

// A store that takes the call and ignores one element of it.
async function deaf(t, store, element) {
    const server = http.createServer(async (request, response) => {
        const body = Buffer.concat(await request.toArray()).toString();
        const done = await fetch(new URL(request.url, store.url), { method: request.method,
            body: body ? body.replace(new RegExp(`<${element}[ >].*?</${element}>|<${element}[^>]*/>`), '') : undefined,
            headers: { 'Content-Type': 'text/xml', SOAPAction: request.headers.soapaction ?? '' } });
        response.writeHead(done.status, { 'Content-Type': 'text/xml', Date: done.headers.get('date') });
        response.end((await done.text()).replaceAll(new URL(store.url).host, request.headers.host));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => { server.close(); server.closeAllConnections(); });
    return `http://127.0.0.1:${server.address().port}/`;
}

for (const mode of ['rpc', 'wsi']) {
    test(`a gender that the store does not let go ends as not taken, and says so: ${mode}`, async (t) => {
        const store = await Store.start(t, { sizes: SIZES, mode });
        const tb = await Tollbook.create(t, CONF);
        await tb.addChannel({ url: await deaf(t, store, 'gender'), args: ['--two-way', 'remote'] });
        assert.equal((await tb.run()).code, 0);
        await store.pass(HOUR);
        const person = new Person(tb);
        const { entity_id: id } = (await store.dump('customer')).find((c) => c.gender === '2');
        const made = await person.change('customer', id, { gender: '', firstname: 'Otherwise' });
        await push(tb, 1);
        const { state, error, fields } = await row(tb, made);
        assert.equal(state, 'rejected');
        assert.equal(error, 'Sent, but the store kept a value of its own: Gender: change it in the store');
        assert.deepEqual([fields.gender.result, fields.gender.store_value], ['store', '2']);
        assert.notEqual(fields.firstname.result, 'store');
        const [there] = await store.dump('customer', { from: id, to: id });
        assert.deepEqual([there.gender, there.firstname], ['2', 'Otherwise']);
        // here as in the store, before an import and after one, and it is not sent again and again
        const [here] = await tb.sql(`SELECT id, gender, firstname FROM customers WHERE origin_id = ${id}`);
        assert.deepEqual([here.gender, here.firstname], [2, 'Otherwise']);
        await store.pass(HOUR);
        await tb.run();
        await push(tb);
        assert.equal((await row(tb, made)).state, 'rejected');
        assert.equal(await tb.one(`SELECT gender FROM customers WHERE id = ${here.id}`), 2);

        const carla = await readerOf(tb);
        const at = async (page) => words((await carla.get(page)).text);
        const told = /the store kept a value of its own: Gender: change it in the store/;
        assert.match(await at(`/outbox/${made}`), told);
        assert.match(await at(`/customers/${here.id}`), /Not taken by the store: Sent, but the store kept a value of its own: Gender: change it in the store/);
        assert.match(await at(`/customers/${here.id}`), /Gender Female/);
        assert.match(await at('/outbox?show=done'), /Customer changed First name, Gender Refused by the store Sent, but the store kept a value of its own: Gender/);
    });
}
