// What was sent after a backup was made is not sent again when that backup is put back: by
// `restore`, and by a file that is put in place by hand.
import assert from 'node:assert/strict';
import { copyFile, rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { PERSON, PLACE, later, pushAgain, row, twoWayShop } from '../kit/push.mjs';

const SIZES = { customers: 20, orders: 30, carts: 2, subscribers: 10, memos: 1 };
const WRITES = /AddComment|Hold|Cancel|Create|Update|Delete/;

const KINDS = {
    'a comment that mails the customer': (s) => s.person.mustDo('order', s.order, 'comment', 'Once please', 'notify'),
    'a hold': (s) => s.person.mustDo('order', s.order, 'hold'),
    'a cancellation': (s) => s.person.mustDo('order', s.order, 'cancel'),
    'a new customer': (s) => s.person.create('customer', 0, PERSON),
    'a new address': (s) => s.person.create('customer_address', s.customers[0].entity_id, PLACE),
    'a changed name': (s) => s.person.mustDo('update', 'customer', s.customers[0].entity_id, 'firstname=Other'),
    'an address that was deleted': (s) => s.person.mustDo('delete', s.address),
};

const byHand = async (s) => {
    for (const end of ['-wal', '-shm']) await rm(s.tb.database + end, { force: true });
    await copyFile(path.join(s.tb.dir, 'backup.db'), s.tb.database);
};
const byCommand = async (s) => {
    const done = await s.tb.admin('restore', path.join(s.tb.dir, 'backup.db'));
    assert.equal(done.code, 0, done.err);
};

async function begin(t) {
    const s = await twoWayShop(t, { store: { sizes: SIZES } });
    const orders = await s.store.dump('order');
    s.order = orders.find((o) => ['new', 'processing'].includes(o.state)).entity_id;
    s.address = s.customers.find((c) => c.addresses.length > 0).addresses[0].entity_id;
    return s;
}

async function writes(s) {
    const { operations } = await s.store.stats();
    return Object.entries(operations).filter(([name]) => WRITES.test(name)).reduce((sum, [, op]) => sum + op.requests, 0);
}

for (const [how, putBack] of [['restore', byCommand], ['an older file put in place', byHand]]) {
    for (const [what, change] of Object.entries(KINDS)) {
        test(`${how}: ${what}`, async (t) => {
            const s = await begin(t);
            const made = await change(s);
            await s.tb.admin('backup', path.join(s.tb.dir, 'backup.db'));
            await pushAgain(s, 1);
            assert.equal((await row(s.tb, made.push)).state, 'done');
            const sent = await writes(s);
            assert.ok(sent > 0);
            await putBack(s);
            await pushAgain(s, 3);
            assert.equal(await writes(s), sent);
            const now = await row(s.tb, made.push);
            assert.ok(['done', 'approval'].includes(now.state), now.state);
            if (now.state === 'approval') assert.match(now.error, /Restored from a backup.*compare/);
        });
    }
}

test('a hold that the store has lifted since is not set again', async (t) => {
    const s = await begin(t);
    const made = await s.person.mustDo('order', s.order, 'hold');
    await s.tb.admin('backup', path.join(s.tb.dir, 'backup.db'));
    await pushAgain(s, 1);
    const sent = await writes(s);
    for (const field of ['state', 'status']) await s.store.change('order.touch', { id: s.order, field, value: 'processing' });
    await byHand(s);
    assert.match((await s.tb.admin('doctor')).out, /outbox.*put back/);
    await pushAgain(s, 3);
    assert.equal(await writes(s), sent);
    assert.equal((await row(s.tb, made.push)).state, 'approval');
});

test('what was not sent either waits for a person, and then goes', async (t) => {
    const s = await begin(t);
    const made = await s.person.mustDo('order', s.order, 'comment', 'Not yet sent');
    await s.tb.admin('backup', path.join(s.tb.dir, 'backup.db'));
    await byCommand(s);
    await pushAgain(s, 2);
    assert.equal((await row(s.tb, made.push)).state, 'approval');
    assert.equal(await writes(s), 0);
    await s.person.mustDo('approve', made.push);
    await later(s.tb);
    await pushAgain(s, 1);
    assert.equal((await row(s.tb, made.push)).state, 'done');
    assert.equal(await writes(s), 1);
});

test('runs that send raise the mark, and an unchanged file is no older one', async (t) => {
    const s = await begin(t);
    for (let i = 0; i < 3; i++) {
        const made = await s.person.mustDo('order', s.order, 'comment', `Note ${i}`);
        await pushAgain(s, 1);
        assert.equal((await row(s.tb, made.push)).state, 'done');
    }
    assert.equal(await writes(s), 3);
    const doctor = await s.tb.admin('doctor');
    assert.doesNotMatch(doctor.out, /put back/);
});
