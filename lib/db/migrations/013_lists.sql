-- Lists and search: numbers sort by what they are worth, and phone numbers are found by their digits
-- however they are written (lib/base/natural, lib/base/phone).
ALTER TABLE orders ADD COLUMN increment_norm text;
ALTER TABLE credit_memos ADD COLUMN increment_norm text;
ALTER TABLE carts ADD COLUMN reserved_order_norm text;
ALTER TABLE customers ADD COLUMN telephone_norm text;
ALTER TABLE customer_addresses ADD COLUMN telephone_norm text;
ALTER TABLE cart_addresses ADD COLUMN telephone_norm text;
ALTER TABLE order_addresses ADD COLUMN telephone_norm text;

UPDATE orders SET increment_norm = natural_key(increment_id);
UPDATE credit_memos SET increment_norm = natural_key(increment_id);
UPDATE carts SET reserved_order_norm = natural_key(reserved_order_id)
    WHERE reserved_order_id IS NOT NULL;
UPDATE customers SET telephone_norm = phone_key(telephone) WHERE telephone IS NOT NULL;
UPDATE customer_addresses SET telephone_norm = phone_key(telephone) WHERE telephone IS NOT NULL;
UPDATE cart_addresses SET telephone_norm = phone_key(telephone) WHERE telephone IS NOT NULL;
UPDATE order_addresses SET telephone_norm = phone_key(telephone) WHERE telephone IS NOT NULL;

DROP INDEX customers_telephone;
CREATE INDEX orders_increment_norm ON orders (increment_norm);
CREATE INDEX credit_memos_increment_norm ON credit_memos (increment_norm);
CREATE INDEX carts_reserved_order_norm ON carts (reserved_order_norm);
CREATE INDEX customers_telephone_norm ON customers (telephone_norm);
CREATE INDEX customer_addresses_telephone_norm ON customer_addresses (telephone_norm);
CREATE INDEX cart_addresses_telephone_norm ON cart_addresses (telephone_norm);
CREATE INDEX order_addresses_telephone_norm ON order_addresses (telephone_norm);

-- An edited order is canceled and continues as another one, which either of them names.
CREATE INDEX extra_values_kin ON extra_values (value) WHERE entity = 'order'
    AND name IN ('relation_parent_real_id', 'relation_child_real_id', 'original_increment_id');

-- Parents that are not here: where all was loaded only children made lately can name one that comes.
CREATE INDEX orders_cart_id_new ON orders (channel_id, created_at, cart_origin_id)
    WHERE cart_id IS NULL AND cart_origin_id IS NOT NULL;
CREATE INDEX orders_customer_id_new ON orders (channel_id, created_at, customer_origin_id)
    WHERE customer_id IS NULL AND customer_origin_id IS NOT NULL;
CREATE INDEX carts_customer_id_new ON carts (channel_id, created_at, customer_origin_id)
    WHERE customer_id IS NULL AND customer_origin_id IS NOT NULL;

-- What lists are walked by: the list's order, then all that is filtered by, so that looking for what
-- few rows have reads an index and no row. Orders have two, one of numbers and choices and one of
-- texts, since the shorter an entry, the faster the walk; both have what else the list sorts by and
-- what it sums up.
DROP INDEX orders_created_at;
DROP INDEX orders_status;
DROP INDEX carts_updated_at;
DROP INDEX carts_status;
DROP INDEX customers_lastname;
CREATE INDEX orders_list ON orders (created_at, id, channel_id, customer_is_guest, is_virtual,
    website_id, store_id, group_id, status, state, billing_country, order_currency_code,
    grand_total, subtotal, total_paid, discount_amount, tax_amount, shipping_amount,
    total_invoiced, total_refunded, total_canceled, total_qty_ordered, value, value_refunded,
    value_net, value_is_provisional, updated_at, origin_id, cart_origin_id, increment_norm);
CREATE INDEX orders_list_texts ON orders (created_at, id, channel_id, name_norm, email_norm,
    firstname, lastname, increment_id, billing_region, coupon_code, shipping_method,
    payment_method, state, order_currency_code, grand_total, updated_at, increment_norm);
CREATE INDEX orders_status ON orders (status, created_at, id, channel_id);
CREATE INDEX carts_list ON carts (updated_at, id, channel_id, website_id, store_id, status,
    is_active, customer_is_guest, items_qty, items_count, grand_total, subtotal, created_at,
    billing_country, quote_currency_code, origin_id, name_norm, email_norm, firstname, lastname,
    billing_region, coupon_code, payment_method);
CREATE INDEX carts_status ON carts (status, updated_at, id, channel_id);
CREATE INDEX customers_list ON customers (lastname, coalesce(firstname, ''), id, channel_id,
    firstname, name_norm, email_norm, telephone, telephone_norm, website_id, store_id, group_id,
    gender, dob, is_guest, billing_country, billing_region, subscriber_status, orders_count,
    value_gross, value_net, value_currency, value_is_provisional, last_order_at, created_at,
    updated_at);
