// A change reaches the store once, whatever stands between: a web server that takes a request on a
// kept connection, lets the shop do it, and dies before it answers. HTTP libraries send such a
// request once more by themselves.
import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';
import { PLACE, inStore, later, row, twoWayShop } from '../kit/push.mjs';

const SIZES = { customers: 20, orders: 20, carts: 2, subscribers: 10, memos: 1 };

const bodyOf = async (stream) => Buffer.concat(await stream.toArray());

// Passes everything on, on kept connections; the first answer to `operation` is thrown away and
// its connection closed.
async function forgetfulServer(t, store, operation) {
    const target = new URL(store.url);
    const seen = { count: 0 };
    const server = http.createServer(async (req, res) => {
        const body = await bodyOf(req);
        const isIt = body.includes(`:${operation}`) || body.includes(`<${operation}`);
        seen.count += isIt;
        const on = http.request({ host: target.hostname, port: target.port, path: req.url, method: req.method,
            headers: req.headers, agent: false }, async (answer) => {
            const text = await bodyOf(answer);
            if (isIt && seen.count === 1) {
                req.socket.destroy();
                return;
            }
            const { connection, ...headers } = answer.headers;
            res.writeHead(answer.statusCode, headers);
            res.end(text);
        });
        on.end(body);
    });
    server.keepAliveTimeout = 60000;
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    t.after(() => {
        server.close();
        server.closeAllConnections();
    });
    return { url: `http://127.0.0.1:${server.address().port}`, seen };
}

async function pushTwiceThrough(t, s, operation) {
    const server = await forgetfulServer(t, s.store, operation);
    await s.tb.reconnect({ url: (await s.tb.one('SELECT url FROM channels')).replace(s.store.url, server.url) });
    for (let i = 0; i < 2; i++) {
        await s.tb.sync('push', 'shop');
        await later(s.tb);
    }
    return server.seen.count;
}

test('a comment, whose repetition would mail the customer twice', async (t) => {
    const s = await twoWayShop(t, { store: { sizes: SIZES } });
    const [o] = await s.store.dump('order');
    const made = await s.person.mustDo('order', o.entity_id, 'comment', 'Once please', 'notify');
    assert.equal(await pushTwiceThrough(t, s, 'salesOrderAddComment'), 1);
    const [now] = await s.store.dump('order', { from: o.entity_id, to: o.entity_id });
    assert.equal(now.status_history.filter((n) => n.comment === 'Once please').length, 1);
    assert.equal((await row(s.tb, made.push)).state, 'done');
});

test('a new address', async (t) => {
    const s = await twoWayShop(t, { store: { sizes: SIZES } });
    const [c] = s.customers;
    const made = await s.person.create('customer_address', c.entity_id, PLACE);
    assert.equal(await pushTwiceThrough(t, s, 'customerAddressCreate'), 1);
    assert.equal((await inStore(s, c.entity_id)).addresses.length, c.addresses.length + 1);
    assert.equal((await row(s.tb, made.push)).state, 'done');
});
