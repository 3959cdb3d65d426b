// Checks of completeness, as a script asks for them.
import assert from 'node:assert/strict';
import { shop } from './shop.mjs';

export const HOUR = 3600;
export const DAY = 86400;

// A statement as `verify --json` gives it, of a check that must end with that code.
export async function verify(s, code, ...args) {
    const done = await s.tb.sync('verify', 'shop', '--json', ...args);
    assert.equal(done.code, code, `exit ${done.code}: ${done.err}${done.out.slice(0, 2000)}`);
    return done.out ? JSON.parse(done.out) : null;
}

export const names = (findings) => findings.map((f) => `${f.what} ${f.entity} ${f.origin_id}`).sort();
export const line = (statement, entity, way) =>
    statement.entities.find((l) => l.entity === entity && (!way || l.way === way));
export const finding = (statement, entity, id) =>
    statement.findings.find((f) => f.entity === entity && f.origin_id === id);

// Loaded, and nothing differs any more: the order that only the core's list has is here, too.
export async function loaded(t, options) {
    const s = await shop(t, options);
    await s.load();
    await s.store.pass(2 * HOUR);
    await s.tb.sync('verify', 'shop', '--repair');
    await verify(s, 0);
    return s;
}

// A night: the run that the schedule files. It begins here; the channel must not have its own.
export async function fileNight(s) {
    await s.store.pass(DAY);
    await s.tb.sql(`INSERT INTO runs (channel_id, kind, options, state, requested_by, requested_at)
        VALUES (1, 'verify', 'share repair', 'waiting', 'schedule', 0)`);
}
export async function night(s) {
    await fileNight(s);
    await s.tb.sync('due');
    return s.tb.lastRun();
}
