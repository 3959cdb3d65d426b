// Comparing exports: with what is expected, and with each other.

// Columns that tell when and by which run a row came here, and our own ids.
const OURS = ['id', 'run_id', 'imported_at', 'synced_at'];

// A row's key: its origin id, below its parent; guests by who they are and where.
export function keyOf(entity, row) {
    if (entity === 'customer' && row.origin_id === null) {
        return `guest ${row.email_norm}|${row.name_norm ?? ''}@${row.website_origin_id}`;
    }
    return entity === 'order_note' ? `${row.parent}/${row.origin_id}` : String(row.origin_id);
}

export function withoutOurs(row) {
    const rest = { ...row };
    OURS.forEach((name) => delete rest[name]);
    return rest;
}

const sorted = (value) =>
    value && typeof value === 'object'
        ? JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value;

function index(entity, rows, problems) {
    const map = new Map();
    for (const row of rows) {
        const key = keyOf(entity, row);
        if (map.has(key)) {
            problems.push({ entity, key, what: 'twice' });
        }
        map.set(key, row);
    }
    return map;
}

// Differences of two lists of rows: [{entity, key, what} or {entity, key, field, a, b}].
export function differences(entity, listA, listB) {
    const problems = [];
    const a = index(entity, listA, problems);
    const b = index(entity, listB, problems);
    for (const [key, row] of a) {
        const other = b.get(key);
        if (!other) {
            problems.push({ entity, key, what: 'missing' });
            continue;
        }
        for (const field of new Set([...Object.keys(row), ...Object.keys(other)])) {
            const [x, y] = [sorted(row[field]), sorted(other[field])];
            if (x !== y) {
                problems.push({ entity, key, field, a: row[field], b: other[field] });
            }
        }
    }
    for (const key of b.keys()) {
        if (!a.has(key)) {
            problems.push({ entity, key, what: 'extra' });
        }
    }
    return problems;
}

// What an export shall hold beside the expected fields.
const REST = { channel: 'shop', missing_at: null, was_repaired: 0 };

export function againstMirror(expected, exported, rest = REST) {
    return Object.keys(expected).flatMap((entity) =>
        differences(
            entity,
            expected[entity].map((row) => ({ ...rest, ...row })),
            exported[entity].map(withoutOurs)));
}

// Two installations' exports, local ids and times aside.
export function betweenExports(a, b) {
    return Object.keys(a).flatMap((entity) =>
        differences(entity, a[entity].map(withoutOurs), b[entity].map(withoutOurs)));
}

// The first few, one a line.
export function tell(problems, max = 20) {
    const lines = problems.slice(0, max).map((p) =>
        p.what
            ? `${p.entity} ${p.key}: ${p.what}`
            : `${p.entity} ${p.key}: ${p.field}: expected ${JSON.stringify(p.a)}, is ${JSON.stringify(p.b)}`);
    const more = problems.length - lines.length;
    return lines.join('\n') + (more > 0 ? `\n... and ${more} more` : '');
}

export const count = (all) => Object.values(all).reduce((sum, rows) => sum + rows.length, 0);
