// How the store's database columns become Tollbook's fields: written from what a real store's API
// was recorded to answer, apart from the tables of the program, whose mistakes it shall find.
//
// A line names fields of one type that the same calls carry: `ours` or `ours=column`. The calls:
//   bridge   the bridge's lists          list   the core's lists
//   info     the core's Info calls       all    any of them
// A field is unknown (NULL) where no call that was made carries it.

const TYPES = ['int', 'id', 'text', 'dec', 'time', 'date', 'flag', 'present', 'label', 'double'];

function table(lines) {
    const fields = [];
    for (const line of lines.trim().split('\n')) {
        const [head, names] = line.trim().split(/: +/);
        const [type, ...calls] = head.split(' ');
        if (!TYPES.includes(type)) {
            throw new Error(`no such type: ${line}`);
        }
        for (const item of names.split(' ')) {
            const [ours, column = ours] = item.split('=');
            fields.push({ ours, column, type, calls: calls.length ? calls : ['all'] });
        }
    }
    return fields;
}

// The same amount in the record's currency and in the base currency.
const both = (names) => names.split(' ').flatMap((name) => [name, `base_${name}`]).join(' ');

const WEEE = both(
    'weee_tax_applied_amount weee_tax_applied_row_amount weee_tax_disposition weee_tax_row_disposition');

export const FIELDS = {
    website: table(`
        int: origin_id=website_id
        text: code name
        int bridge: sort_order default_group_id
        flag bridge: is_default`),

    store: table(`
        int: origin_id=store_id website_origin_id=website_id group_origin_id=group_id sort_order
        text: code name
        flag: is_active`),

    customer_group: table(`
        int: origin_id=customer_group_id
        text: name=customer_group_code`),

    region: table(`
        int: origin_id=region_id
        text: country=country_id code name`),

    customer: table(`
        int: origin_id=entity_id website_origin_id=website_id store_origin_id=store_id group_origin_id=group_id
        text: firstname middlename lastname prefix suffix email created_in taxvat increment_id
        label bridge: gender
        date: dob
        present: confirmation
        time: created_at updated_at`),

    customer_address: table(`
        int: origin_id=entity_id
        id: region_origin_id=region_id
        text: prefix firstname middlename lastname suffix company street city postcode region
        text: country=country_id telephone fax increment_id
        flag: is_default_billing is_default_shipping
        time: created_at updated_at`),

    cart: table(`
        int: origin_id=entity_id items_count store_origin_id=store_id group_origin_id=customer_group_id
        int: customer_tax_class_id gift_message_id
        id: customer_origin_id=customer_id
        text: customer_email customer_prefix customer_firstname customer_middlename customer_lastname customer_suffix
        text: customer_taxvat customer_gender customer_note coupon_code applied_rule_ids reserved_order_id orig_order_id
        text: checkout_method remote_ip gift_message ext_shipping_info
        text: base_currency_code store_currency_code quote_currency_code global_currency_code
        date: customer_dob
        dec: items_qty ${both('grand_total subtotal subtotal_with_discount')}
        dec: store_to_base_rate store_to_quote_rate base_to_global_rate base_to_quote_rate
        flag: is_active customer_is_guest is_virtual is_multi_shipping customer_note_notify
        flag: is_changed trigger_recollect is_persistent
        time: created_at updated_at converted_at`),

    cart_payment: table(`
        text: payment_method=method payment_cc_type=cc_type payment_cc_last4=cc_last4 payment_cc_owner=cc_owner
        text: payment_po_number=po_number payment_cc_exp_month=cc_exp_month payment_cc_exp_year=cc_exp_year
        text: payment_cc_ss_start_month=cc_ss_start_month payment_cc_ss_start_year=cc_ss_start_year
        text: payment_additional_information=additional_information
        int: payment_id
        time: payment_created_at=created_at payment_updated_at=updated_at`),

    cart_item: table(`
        int: origin_id=item_id parent_item_id product_id store_origin_id=store_id tax_class_id gift_message_id
        text: sku name description product_type applied_rule_ids free_shipping gift_message gift_message_available
        text: additional_data product_url product_image_url
        double: weee_tax_applied
        dec: qty weight row_weight tax_percent discount_percent custom_price original_custom_price base_cost
        dec: row_total_with_discount
        dec: ${both('price price_incl_tax row_total row_total_incl_tax tax_amount discount_amount tax_before_discount')}
        dec: ${WEEE}
        flag: is_virtual is_qty_decimal no_discount
        time: created_at updated_at`),

    cart_address: table(`
        int: origin_id=address_id customer_origin_id=customer_id customer_address_origin_id=customer_address_id
        id: region_origin_id=region_id
        text: address_type email prefix firstname middlename lastname suffix company street city postcode region
        text: country=country_id telephone fax free_shipping shipping_method shipping_description
        dec: weight shipping_amount tax_amount discount_amount hidden_tax_amount shipping_hidden_tax_amount
        flag: save_in_address_book same_as_billing
        time: created_at updated_at`),

    order: table(`
        int: origin_id=entity_id store_origin_id=store_id group_origin_id=customer_group_id gift_message_id
        int: billing_address_origin_id=billing_address_id shipping_address_origin_id=shipping_address_id
        id: customer_origin_id=customer_id cart_origin_id=quote_id
        text: increment_id customer_email customer_firstname customer_lastname status state applied_rule_ids
        text: shipping_method shipping_description remote_ip store_name
        text: order_currency_code base_currency_code store_currency_code global_currency_code
        text bridge list: coupon_code billing_firstname billing_lastname billing_name
        text bridge list: shipping_firstname shipping_lastname shipping_name
        text bridge info: gift_message
        text list: customer_prefix customer_middlename customer_suffix customer_taxvat customer_note
        dec: ${both('grand_total subtotal discount_amount tax_amount shipping_amount total_paid total_invoiced')}
        dec: ${both('total_refunded total_canceled total_online_refunded total_offline_refunded total_qty_ordered')}
        dec list: ${both('shipping_discount_amount hidden_tax_amount shipping_hidden_tax_amount')}
        dec: weight store_to_base_rate store_to_order_rate base_to_global_rate base_to_order_rate
        flag: customer_is_guest is_virtual customer_note_notify email_sent
        time: created_at updated_at`),

    order_payment: table(`
        text bridge info: payment_method=method payment_cc_type=cc_type payment_cc_last4=cc_last4
        text bridge info: payment_cc_owner=cc_owner payment_cc_exp_month=cc_exp_month payment_cc_exp_year=cc_exp_year
        text bridge info: payment_po_number=po_number
        dec bridge info: payment_amount_ordered=amount_ordered payment_shipping_amount=shipping_amount
        dec bridge info: base_payment_amount_ordered=base_amount_ordered
        dec bridge info: base_payment_shipping_amount=base_shipping_amount
        int info: payment_id=entity_id`),

    order_item: table(`
        int: origin_id=item_id quote_item_id product_id gift_message_id
        text: sku name description product_type product_options weee_tax_applied applied_rule_ids gift_message
        text: gift_message_available free_shipping
        dec: qty_ordered qty_invoiced qty_shipped qty_refunded qty_canceled weight row_weight cost
        dec: tax_percent discount_percent
        dec: ${both('price original_price tax_amount tax_invoiced discount_amount discount_invoiced')}
        dec: ${both('tax_before_discount amount_refunded row_total row_invoiced')}
        dec: ${WEEE}
        flag: is_virtual is_qty_decimal no_discount
        time: created_at updated_at`),

    order_address: table(`
        int: origin_id=entity_id
        id: region_origin_id=region_id
        text: address_type firstname middlename lastname company street city postcode region country=country_id
        text: telephone fax`),

    order_note: table(`
        int: origin_id=entity_id is_customer_notified
        text: comment status
        time: created_at`),

    credit_memo: table(`
        int: origin_id=entity_id state store_origin_id=store_id invoice_origin_id=invoice_id creditmemo_status
        int: billing_address_origin_id=billing_address_id shipping_address_origin_id=shipping_address_id
        id: order_origin_id=order_id
        text: increment_id transaction_id
        text: order_currency_code base_currency_code store_currency_code global_currency_code
        dec: ${both('grand_total subtotal subtotal_incl_tax adjustment adjustment_positive adjustment_negative')}
        dec: ${both('discount_amount tax_amount hidden_tax_amount')}
        dec: ${both('shipping_amount shipping_incl_tax shipping_tax_amount')}
        dec: customer_bal_total_refunded reward_points_balance_refund
        dec: store_to_base_rate store_to_order_rate base_to_global_rate base_to_order_rate
        flag: email_sent
        time: created_at updated_at`),

    credit_memo_item: table(`
        int: origin_id=entity_id order_item_origin_id=order_item_id product_id
        text: sku name description additional_data weee_tax_applied
        dec: qty base_cost
        dec: ${both('price price_incl_tax tax_amount discount_amount row_total row_total_incl_tax hidden_tax_amount')}
        dec: ${WEEE}`),

    credit_memo_note: table(`
        int: origin_id=entity_id is_customer_notified
        text: comment
        flag: is_visible_on_front
        time: created_at`),

    subscriber: table(`
        int: origin_id=subscriber_id store_origin_id=store_id status=subscriber_status
        id: customer_origin_id=customer_id
        text: email=subscriber_email confirm_code=subscriber_confirm_code
        time: change_status_at`),
};

// Columns whose value must be found nowhere: not in a table, not in a log.
export const SECRET = /^(password_hash|password|protect_code|cc_cid|cc_cid_enc|rp_token.*|cc_number.*)$/;

// NULL, an empty element and an empty string look alike in some mode or other; blanks say nothing.
const isNothing = (value) => value === null || value === undefined || /^\s*$/.test(value);

// Bytes that XML cannot hold arrive as a reference in letters.
const letters = (value) => value.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, (c) => `&#${c.charCodeAt(0)};`);

// Four decimals, by letters only: no double in between. PHP writes tiny numbers with an exponent.
export function dec4(value) {
    const [, sign, whole, part = '', exponent = '0'] =
        /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(value.trim()) ?? [];
    if (whole === undefined) {
        throw new Error(`not a number: ${value}`);
    }
    const shift = Number(exponent) + 4 - part.length; // digits * 10^shift, in 1/10000
    let digits = BigInt(whole + part || '0');
    if (shift >= 0) {
        digits *= 10n ** BigInt(shift);
    } else {
        const unit = 10n ** BigInt(-shift);
        digits = (digits + unit / 2n) / unit; // half away from zero
    }
    return sign ? -digits : digits;
}

export function dec4Text(value) {
    const positive = value < 0n ? -value : value;
    const text = positive.toString().padStart(5, '0');
    return `${value < 0n ? '-' : ''}${text.slice(0, -4)}.${text.slice(-4)}`;
}

const isZeroDate = (value) => /^0000-00-00/.test(value);

// Half of what PHP does when a column's text is sent as a double: what begins with no number is 0.
const phpNumber = (value) => String(parseFloat(/^\s*-?\d*\.?\d+/.exec(value)?.[0] ?? '0'));

const READERS = {
    int: (v) => Number(v),
    id: (v) => Number(v) || null, // 0 means nobody
    text: letters,
    dec: (v) => dec4Text(dec4(v)),
    double: phpNumber,
    time: (v) => (isZeroDate(v) ? null : `${v.replace(' ', 'T')}Z`),
    date: (v) => (isZeroDate(v) ? null : v.slice(0, 10)),
    flag: (v) => (v === '0' ? 0 : 1),
    present: () => 1, // the key itself is a secret
    label: (v) => (v === '1' || v === '2' ? Number(v) : null),
};

export const read = (type, value) => (isNothing(value) ? null : READERS[type](value));

// The fields of one row of the store. made: the calls that were made, as ['bridge'].
export function readRow(entity, row, made) {
    const out = {};
    for (const { ours, column, type, calls } of FIELDS[entity]) {
        const isCarried = calls.includes('all') || calls.some((call) => made.includes(call));
        out[ours] = isCarried ? read(type, row?.[column]) : null;
    }
    return out;
}

const PLAIN_LATIN = {
    ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', þ: 'th', ı: 'i', ħ: 'h', ŋ: 'ng', ς: 'σ',
    '’': "'",
};

// How names are compared: small letters without marks, one blank between words.
export function fold(...words) {
    const text = words.filter((word) => word !== null).join(' ');
    const plain = text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '')
        .replace(/[ßæœøđðłþıħŋς’]/g, (c) => PLAIN_LATIN[c])
        .replace(/\s+/g, ' ').trim();
    return plain === '' ? null : plain;
}

export function foldEmail(email) {
    return email === null ? null : email.trim().replace(/[A-Z]/g, (c) => c.toLowerCase());
}
