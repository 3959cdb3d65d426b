// What goods were worth and what was given back: from the store's own columns, in whole ten-thousandths.
import { dec4, dec4Text } from './fields.mjs';

const CURRENCIES = ['', 'base_'];
// What the bridge's list of orders lacks; the core's is asked for it where there is a discount.
const PARTS = CURRENCIES.flatMap((c) =>
    ['shipping_discount_amount', 'hidden_tax_amount', 'shipping_hidden_tax_amount'].map((name) => c + name));

const amount = (text) => (text === null || text === undefined ? 0n : dec4(text));
const size = (value) => (value < 0n ? -value : value);
const ceiling = (value) => (value < 0n ? 0n : value);

const isDiscounted = (row) => CURRENCIES.some((c) => amount(row[`${c}discount_amount`]) !== 0n);

// row: the store's. How the parts of the discount are here: as the core's list has them, as the
// bridge's attributes had them (what is empty is not among those), or as they were asked for.
export function discountParts(row, { isCore, hasAttributes }) {
    const asked = isDiscounted(row) && !isCore;
    return Object.fromEntries(PARTS.map((name) => {
        const value = row[name] === null || row[name] === undefined ? null : dec4Text(dec4(row[name]));
        return [name, isCore || hasAttributes || asked ? value ?? (asked && !hasAttributes ? dec4Text(0n) : null) : null];
    }));
}

function goods(row, c) {
    const discount = size(amount(row[`${c}discount_amount`]));
    if (discount === 0n) {
        return ceiling(amount(row[`${c}subtotal`]));
    }
    return ceiling(amount(row[`${c}subtotal`]) - discount + size(amount(row[`${c}shipping_discount_amount`])) +
        amount(row[`${c}hidden_tax_amount`]));
}

function givenBack(memo, c) {
    const sum = (name) => (memo.items ?? []).reduce((all, item) => all + size(amount(item[c + name])), 0n);
    const hidden = sum('hidden_tax_amount');
    return ceiling(amount(memo[`${c}subtotal`]) - sum('discount_amount') +
        (hidden === 0n ? amount(memo[`${c}hidden_tax_amount`]) : hidden) +
        amount(memo[`${c}adjustment_positive`]) - size(amount(memo[`${c}adjustment_negative`])));
}

export const memoValue = (memo) =>
    Object.fromEntries(CURRENCIES.map((c) => [`${c}value`, dec4Text(givenBack(memo, c))]));

// memos: those of the order, as the store has them.
export function orderValue(row, memos) {
    const out = { value_is_provisional: 0 };
    for (const c of CURRENCIES) {
        const value = goods(row, c);
        const back = memos.filter((memo) => Number(memo.state) !== 3)
            .reduce((all, memo) => all + givenBack(memo, c), 0n);
        out[`${c}value`] = dec4Text(value);
        out[`${c}value_refunded`] = dec4Text(back);
        out[`${c}value_net`] = dec4Text(ceiling(value - back));
    }
    return out;
}
