// Who ordered, what a customer is worth, which cart was bought: the rules of the trade, once more.
import { dec4, dec4Text } from './fields.mjs';

// The latest comes first; what has no time comes last; the higher id decides between equals.
const newest = (time) => (a, b) =>
    (b[time] ?? '').localeCompare(a[time] ?? '') || b.origin_id - a.origin_id;

const least = (...times) => times.filter((time) => time !== null).sort()[0] ?? null;

export class People {
    constructor(all, settings, storeName) {
        this.all = all;
        this.settings = settings;
        this.storeName = storeName;
        this.guests = new Map();
        this.known = new Map(all.customer.map((c) => [c.origin_id, c]));
        this.sales = new Map(); // person: {orders, carts, subscribers}
    }

    settle() {
        const { all } = this;
        all.order.forEach((order) => this.assign(order, 'orders'));
        all.cart.forEach((cart) => this.assign(cart, 'carts'));
        all.subscriber.forEach((subscriber) => this.subscribe(subscriber));
        all.customer.push(...[...this.guests.values()].map((guest) => this.guest(guest)));
        all.customer.forEach((customer) => this.judge(customer));
        this.link();
    }

    salesOf(person) {
        if (!this.sales.has(person)) {
            this.sales.set(person, { orders: [], carts: [], subscribers: [] });
        }
        return this.sales.get(person);
    }

    // A row that names a customer belongs to that one, if there is one; any other to whoever has
    // its e-mail.
    assign(row, kind) {
        const person =
            row.customer_origin_id !== null ? this.known.get(row.customer_origin_id) ?? null : this.personOf(row);
        if (person) {
            this.salesOf(person)[kind].push(row);
        }
        row.whose = person;
    }

    isShared = (email) => this.settings.shared.includes(email);

    // Accounts are per website or global; an e-mail that many use tells people apart by their name.
    isSame(person, row) {
        const sameWebsite =
            !this.settings.scope || row.website_id === null || person.website_id === row.website_id;
        return person.email_norm === row.email_norm && sameWebsite &&
            (!this.isShared(row.email_norm) || person.name_norm === row.name_norm);
    }

    personOf(row) {
        if (row.email_norm === null) {
            return null;
        }
        // An e-mail that was given up: [{customer, email, until}], what was bought until then stays theirs.
        const former = (this.settings.former ?? []).find((f) =>
            f.email === row.email_norm && row.created_at <= f.until && (!this.settings.scope ||
                row.website_id === null || this.known.get(f.customer).website_origin_id === row.website_id));
        if (former) {
            return this.known.get(former.customer);
        }
        const registered = [...this.known.values()]
            .filter((c) => this.isSame({ ...c, website_id: c.website_origin_id }, row))
            .sort((a, b) => a.origin_id - b.origin_id)[0];
        if (registered || !this.settings.guests) {
            return registered ?? null;
        }
        const key = JSON.stringify([
            row.email_norm,
            this.isShared(row.email_norm) ? row.name_norm : null,
            this.settings.scope ? row.website_id : null,
        ]);
        if (!this.guests.has(key)) {
            this.guests.set(key, { website_id: row.website_id });
        }
        return this.guests.get(key);
    }

    subscribe(row) {
        const person = this.known.get(row.customer_origin_id) ?? null;
        if (person) {
            this.salesOf(person).subscribers.push(row);
        }
        row.person = person ? String(person.origin_id) : null;
    }

    // A guest's facts are those of the newest order or, without one, the newest cart.
    guest(guest) {
        const { orders, carts } = this.salesOf(guest);
        const from = [...(orders.length ? orders : carts)].sort(newest('created_at'))[0];
        return Object.assign(guest, {
            origin_id: null,
            is_guest: 1,
            email: from.customer_email,
            email_norm: from.email_norm,
            name_norm: from.name_norm,
            firstname: from.firstname,
            lastname: from.lastname,
            prefix: null,
            middlename: null,
            suffix: null,
            store_origin_id: from.store_origin_id,
            website_origin_id: guest.website_id,
            created_in: this.storeName.get(from.store_origin_id) ?? null,
            group_origin_id: 0,
            gender: null,
            dob: null,
            taxvat: null,
            confirmation: null,
            increment_id: null,
            billing_country: from.billing_country,
            billing_region: from.billing_region,
            telephone: null,
            created_at: least(...[...orders, ...carts].map((row) => row.created_at)),
            updated_at: from.created_at,
            extra: {},
        });
    }

    judge(customer) {
        const { orders, subscribers } = this.salesOf(customer);
        if (customer.is_guest !== 1) {
            customer.is_guest = 0;
            this.place(customer);
        }
        const subscription = [...subscribers].sort(
            (a, b) => (b.status === 1) - (a.status === 1) || newest('change_status_at')(a, b))[0];
        customer.subscriber_status = subscription?.status ?? null;
        Object.assign(customer, valueOf(orders));
    }

    place(customer) {
        const address = this.all.customer_address
            .filter((a) => a.parent === customer.origin_id)
            .sort((a, b) =>
                b.is_default_billing - a.is_default_billing ||
                b.is_default_shipping - a.is_default_shipping ||
                a.origin_id - b.origin_id)[0];
        customer.telephone = address?.telephone ?? null;
        customer.billing_country = address?.country ?? null;
        customer.billing_region = address?.region ?? null;
    }

    link() {
        const carts = new Set(this.all.cart.map((cart) => cart.origin_id));
        const orders = new Set(this.all.order.map((order) => order.origin_id));
        const bought = new Set(this.all.order.map((order) => order.cart_origin_id));
        for (const row of [...this.all.order, ...this.all.cart]) {
            row.person = nameOf(row.whose);
            delete row.whose;
        }
        for (const guest of this.guests.values()) {
            delete guest.website_id;
        }
        this.all.order.forEach((order) => (order.cart_linked = carts.has(order.cart_origin_id)));
        this.all.cart.forEach((cart) => (cart.status = bought.has(cart.origin_id) ? 'purchased' : 'open'));
        this.all.credit_memo.forEach((memo) => (memo.order_linked = orders.has(memo.order_origin_id)));
    }
}

function nameOf(person) {
    if (!person) {
        return null;
    }
    return person.is_guest === 1 ? `${person.email_norm}|${person.name_norm ?? ''}` : String(person.origin_id);
}

// The values of what was not canceled (amounts.mjs). Currencies are never added: that of the newest
// order counts.
function valueOf(orders) {
    const nothing = { orders_count: 0, last_order_at: null, value_currency: null, value_gross: null, value_net: null };
    if (orders.length === 0) {
        return { ...nothing, value_is_provisional: 0 };
    }
    const last = [...orders].sort(newest('created_at'))[0];
    const counted = orders.filter((order) =>
        order.state !== 'canceled' && order.base_currency_code === last.base_currency_code);
    const sum = (name) => dec4Text(counted.reduce((all, order) => all + dec4(order[name]), 0n));
    return {
        orders_count: orders.length,
        last_order_at: last.created_at,
        value_currency: last.base_currency_code,
        value_gross: sum('base_value'),
        value_net: sum('base_value_net'),
        value_is_provisional: counted.some((order) => order.value_is_provisional === 1) ? 1 : 0,
    };
}
