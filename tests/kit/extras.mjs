// What an answer carries beyond Tollbook's fields, told from the store's own WSDL.
import { FIELDS, SECRET, read } from './fields.mjs';

// {type: [element, ...]} of a WSDL in either mode.
export function wsdlTypes(wsdl) {
    const types = {};
    for (const [, name, body] of wsdl.matchAll(/<(?:xsd:)?complexType name="(\w+)">(.*?)<\/(?:xsd:)?complexType>/gs)) {
        types[name] = [...body.matchAll(/<(?:xsd:)?element [^>]*?name="(\w+)"/g)].map((hit) => hit[1]);
    }
    return types;
}

// Names of the API that differ from the database's column.
const COLUMNS = {
    customer_id: 'entity_id', order_id: 'entity_id', creditmemo_id: 'entity_id', address_id: 'entity_id',
    customer_address_id: 'entity_id', comment_id: 'entity_id',
};
const PARTS = new Set([
    'addresses', 'items', 'payment', 'status_history', 'comments', 'attributes', 'billing_address', 'shipping_address',
]);

const isTaken = (entity, column) => FIELDS[entity].some((field) => field.column === column);

function keep(out, row, entity, column, name = column) {
    const value = read('text', row[column]);
    if (value !== null && typeof row[column] !== 'object' && !SECRET.test(name)) {
        out[name] = value;
    }
}

// Elements of the answer's types that no field takes.
export function extrasOfTypes(entity, row, types, names) {
    const out = {};
    for (const name of names.flatMap((type) => types[type] ?? [])) {
        const column = name in row ? name : COLUMNS[name] ?? name;
        if (!PARTS.has(name) && !isTaken(entity, column) && !isTaken(entity, name) && name !== 'parent_id') {
            keep(out, row, entity, column, name);
        }
    }
    return out;
}

// With the bridge's setting on: every column that the type lacks, as key and value. Keys that only
// repeat the record's place are dropped; of the confirmation key only the fact is kept.
export function extrasOfAttributes(row, types, type, place = ['parent_id', 'entity_id']) {
    const out = {};
    const carried = new Set((types[type] ?? []).flatMap((name) => [name, name in row ? name : COLUMNS[name]]));
    carried.delete('confirmation');
    for (const column of Object.keys(row)) {
        if (!carried.has(column) && !place.includes(column)) {
            keep(out, row, null, column);
        }
    }
    if ('confirmation' in out) {
        out.confirmation = '1';
    }
    return out;
}
