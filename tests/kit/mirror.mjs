// The independent reader: from the store's own rows to what an export of Tollbook shall show.
// Everything is computed anew from the whole shop; nothing here knows of pages, runs or order.
import { discountParts, memoValue, orderValue } from './amounts.mjs';
import { fold, foldEmail, read, readRow } from './fields.mjs';
import { extrasOfAttributes, extrasOfTypes } from './extras.mjs';
import { People } from './people.mjs';

const children = (rows, name) => rows.flatMap((row) => (row[name] ?? []).map((child) => ({ row, child })));

// An address tells its owner once more.
const PLACE = ['parent_id', 'entity_id', 'customer_id'];

const first = (...values) => values.find((value) => value !== null) ?? null;

// The address that an order or a cart names a person by, where its own columns do not.
const named = (row, name) => ['billing_address', 'shipping_address'].map((part) => read('text', row[part]?.[name]));

// mode: {bridge, attributes}; settings: {shared: [e-mails], guests, scope}; types: of the WSDL.
export function mirror(shop, { mode, settings = {}, types = {} }) {
    return new Mirror(shop, mode, settings, types).all();
}

class Mirror {
    constructor(shop, mode, settings, types) {
        this.shop = shop;
        this.mode = mode;
        this.types = types;
        this.settings = { shared: [], guests: true, scope: 1, ...settings };
        this.websiteOf = new Map(this.stores().map((s) => [s.origin_id, s.website_origin_id]));
        this.storeName = new Map(this.stores().map((s) => [s.origin_id, s.name]));
    }

    all() {
        const { bridge } = this.mode;
        const out = {
            website: bridge ? this.websites() : this.derivedWebsites(),
            store: this.stores(),
            customer_group: this.shop.group.map((row) => this.plain('customer_group', row)),
            region: this.shop.region.map((row) => this.plain('region', row)),
            customer: this.shop.customer.map((row) => this.customer(row)),
            customer_address: children(this.shop.customer, 'addresses').map(({ row, child }) =>
                this.child('customer_address', row.entity_id, child, this.made(), 'customerAddressEntityItem')),
            cart: bridge ? this.shop.cart.map((row) => this.cart(row)) : [],
            cart_item: bridge ? this.cartItems() : [],
            cart_address: bridge ? this.addresses('cart', 'cart_address') : [],
            order: this.orders().map((row) => this.order(row)),
            order_item: children(this.orders(), 'items').map(({ row, child }) => ({
                ...this.child('order_item', row.entity_id, child, this.orderCalls(row)),
                parent_item_id: read('id', child.parent_item_id),
            })),
            order_address: this.addresses('order', 'order_address'),
            order_note: this.notes(),
            credit_memo: this.shop.memo.map((row) => this.memo(row)),
            credit_memo_item: children(this.shop.memo, 'items').map(({ row, child }) =>
                this.child('credit_memo_item', row.entity_id, child, ['info'])),
            credit_memo_note: children(this.shop.memo, 'comments').map(({ row, child }) =>
                this.child('credit_memo_note', row.entity_id, child, ['info'])),
            subscriber: bridge ? this.shop.subscriber.map((row) => this.subscriber(row)) : [],
        };
        new People(out, this.settings, this.storeName).settle();
        return out;
    }

    made = () => (this.mode.bridge ? ['bridge'] : ['list', 'info']);

    // An order whose store view was deleted is in no list of the bridge, as that joins the stores;
    // the core gives it when a credit memo asks for it.
    orders() {
        if (!this.mode.bridge) {
            return this.shop.order;
        }
        const refunded = new Set(this.shop.memo.map((memo) => memo.order_id));
        return this.shop.order.filter((row) => row.store_id !== null || refunded.has(row.entity_id));
    }

    orderCalls = (row) => (row.store_id === null ? ['list', 'info'] : this.made());

    plain = (entity, row) => ({ ...readRow(entity, row, this.made()), extra: {} });

    child(entity, parent, row, made, type) {
        const extra = type && this.mode.attributes ? extrasOfAttributes(row, this.types, type, PLACE) : {};
        return { parent: Number(parent), ...readRow(entity, row, made), extra };
    }

    websites() {
        return this.shop.website.map((row) => this.plain('website', row));
    }

    // The admin's store view is in no list, yet rows refer to it.
    stores() {
        const admin = {
            store_id: '0', website_id: '0', group_id: '0', sort_order: '0', is_active: '1', code: 'admin',
            name: 'Admin',
        };
        return [admin, ...this.shop.store].map((row) => this.plain('store', row));
    }

    // Without the bridge a website is known by its store views alone.
    derivedWebsites() {
        return [...new Set(this.stores().map((s) => s.website_origin_id))].map((id) => {
            const views = this.stores().filter((s) => s.website_origin_id === id);
            return {
                origin_id: id,
                code: views.map((s) => s.code).join(' / '),
                name: views.map((s) => s.name).join(', '),
                sort_order: null,
                default_group_id: null,
                is_default: null,
                extra: {},
            };
        });
    }

    customer(row) {
        const fields = readRow('customer', row, this.made());
        return {
            ...fields,
            email_norm: foldEmail(fields.email),
            name_norm: fold(fields.firstname, fields.lastname),
            extra: this.mode.attributes ? extrasOfAttributes(row, this.types, 'oroCustomerEntity') : {},
        };
    }

    // What orders and carts have in common: who, where, and the words to find them by.
    sale(entity, row, made) {
        const fields = readRow(entity, row, made);
        const firstname = first(fields.customer_firstname, ...named(row, 'firstname'));
        const lastname = first(fields.customer_lastname, ...named(row, 'lastname'));
        return {
            ...fields,
            ...readRow(`${entity}_payment`, row.payment, made),
            firstname,
            lastname,
            billing_country: read('text', row.billing_address?.country_id),
            billing_region: read('text', row.billing_address?.region),
            website_id: this.websiteOf.get(fields.store_origin_id) ?? null,
            email_norm: foldEmail(fields.customer_email),
            name_norm: fold(firstname, lastname),
        };
    }

    cart(row) {
        return { ...this.sale('cart', row, ['bridge']), extra: this.payment(row, 'cart', 'shoppingCartPaymentEntity') };
    }

    order(row) {
        const made = this.orderCalls(row);
        const extra = this.payment(row, 'order', 'salesOrderPaymentEntity');
        if (made.includes('list')) {
            Object.assign(extra, extrasOfTypes('order', row, this.types, ['salesOrderListEntity', 'salesOrderEntity']));
        } else if (this.mode.attributes) {
            Object.assign(extra, extrasOfAttributes(row, this.types, 'salesOrderEntity'));
        }
        const parts = discountParts(row, { isCore: made.includes('list'), hasAttributes: this.mode.attributes });
        Object.keys(parts).forEach((name) => delete extra[name]);
        const memos = this.shop.memo.filter((memo) => memo.order_id === row.entity_id);
        return { ...this.sale('order', row, made), ...parts, ...orderValue(row, memos), extra };
    }

    // Elements of the payment that no field takes keep their path as name.
    payment(row, entity, type) {
        const more = extrasOfTypes(`${entity}_payment`, row.payment ?? {}, this.types, [type]);
        return Object.fromEntries(Object.entries(more).map(([name, value]) => [`payment/${name}`, value]));
    }

    addresses(entity, child) {
        const rows = entity === 'order' ? this.orders() : this.shop.cart;
        return rows.flatMap((row) =>
            ['billing_address', 'shipping_address']
                .filter((part) => row[part])
                .map((part) => this.child(child, row.entity_id, row[part], this.made())));
    }

    cartItems() {
        return children(this.shop.cart, 'items').map(({ row, child }) => ({
            ...this.child('cart_item', row.entity_id, child, ['bridge']),
            categories: (child.categories ?? []).map((c) => c.name).join(', ') || null,
            removed_at: null,
        }));
    }

    // The core's call gives a note no id: it is numbered from the oldest on, downwards from -1.
    notes() {
        return this.orders().flatMap((row) => {
            const list = row.status_history ?? [];
            const hasIds = !this.orderCalls(row).includes('info');
            return list.map((note, i) => {
                const fields = this.child('order_note', row.entity_id, note, this.made());
                return hasIds ? fields : { ...fields, origin_id: i - list.length };
            });
        });
    }

    memo(row) {
        const fields = readRow('credit_memo', row, ['list', 'info']);
        return {
            ...fields,
            ...memoValue(row),
            website_id: this.websiteOf.get(fields.store_origin_id) ?? null,
            extra: extrasOfTypes('credit_memo', row, this.types, ['salesOrderCreditmemoEntity']),
        };
    }

    subscriber(row) {
        const fields = readRow('subscriber', row, ['bridge']);
        return {
            ...fields,
            website_id: this.websiteOf.get(fields.store_origin_id) ?? null,
            email_norm: foldEmail(fields.email),
            extra: {},
        };
    }
}

// Items that vanished from an open cart are kept and told from when: `was` are the items expected
// before, `carts` the carts expected now.
export function keepRemovedItems(expected, was) {
    const now = new Set(expected.cart_item.map((item) => item.origin_id));
    const carts = new Map(expected.cart.map((cart) => [cart.origin_id, cart]));
    for (const item of was) {
        const cart = carts.get(item.parent);
        if (now.has(item.origin_id) || !cart) {
            continue;
        }
        const removed_at = cart.is_active === 1 ? item.removed_at ?? cart.updated_at : item.removed_at;
        expected.cart_item.push({ ...item, removed_at });
    }
}
