-- What an order's goods were worth and what of it was given back, as amounts of their own: lists,
-- conditions and sums use them. The discount's share for shipping and what it lowered the tax by
-- come with one of the store's calls only; until then a value is marked as provisional.
ALTER TABLE orders ADD COLUMN shipping_discount_amount int64;
ALTER TABLE orders ADD COLUMN base_shipping_discount_amount int64;
ALTER TABLE orders ADD COLUMN hidden_tax_amount int64;
ALTER TABLE orders ADD COLUMN base_hidden_tax_amount int64;
ALTER TABLE orders ADD COLUMN shipping_hidden_tax_amount int64;
ALTER TABLE orders ADD COLUMN base_shipping_hidden_tax_amount int64;
ALTER TABLE orders ADD COLUMN value int64;
ALTER TABLE orders ADD COLUMN base_value int64;
ALTER TABLE orders ADD COLUMN value_refunded int64;
ALTER TABLE orders ADD COLUMN base_value_refunded int64;
ALTER TABLE orders ADD COLUMN value_net int64;
ALTER TABLE orders ADD COLUMN base_value_net int64;
ALTER TABLE orders ADD COLUMN value_is_provisional int64 NOT NULL DEFAULT 0;
ALTER TABLE credit_memos ADD COLUMN value int64;
ALTER TABLE credit_memos ADD COLUMN base_value int64;
ALTER TABLE customers ADD COLUMN value_is_provisional int64 NOT NULL DEFAULT 0;
ALTER TABLE order_items ADD COLUMN parent_item_id int64; -- the whole that the item is a part of

-- A cart's totals stand in its addresses.
ALTER TABLE cart_addresses ADD COLUMN shipping_amount int64;
ALTER TABLE cart_addresses ADD COLUMN tax_amount int64;
ALTER TABLE cart_addresses ADD COLUMN discount_amount int64;
ALTER TABLE cart_addresses ADD COLUMN hidden_tax_amount int64;
ALTER TABLE cart_addresses ADD COLUMN shipping_hidden_tax_amount int64;

-- E-mails that registered customers had: what was ordered under one until then stays theirs.
CREATE TABLE former_emails (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    customer_id int64 NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    email_norm text NOT NULL,
    name_norm text,
    until int64 NOT NULL,               -- on the store's clock
    UNIQUE (customer_id, email_norm)
);
CREATE INDEX former_emails_email ON former_emails (email_norm);

-- What is here already. Both amounts of the discount are asked for anew, once for fifty orders.
DELETE FROM extra_values WHERE entity = 'order' AND name IN ('shipping_discount_amount',
    'base_shipping_discount_amount', 'hidden_tax_amount', 'base_hidden_tax_amount',
    'shipping_hidden_tax_amount', 'base_shipping_hidden_tax_amount');
DELETE FROM extra_values WHERE entity = 'cart_address' AND name IN ('shipping_amount', 'tax_amount',
    'discount_amount', 'hidden_tax_amount', 'shipping_hidden_tax_amount');
UPDATE credit_memos SET (value, base_value) = (SELECT
    CASE WHEN g.own < 0 THEN 0 ELSE g.own END, CASE WHEN g.base < 0 THEN 0 ELSE g.base END
    FROM (SELECT coalesce(credit_memos.subtotal, 0) - coalesce(capped_sum(abs(i.discount_amount)), 0)
            + coalesce(nullif(capped_sum(i.hidden_tax_amount), 0), credit_memos.hidden_tax_amount, 0)
            + coalesce(credit_memos.adjustment_positive, 0)
            - abs(coalesce(credit_memos.adjustment_negative, 0)) AS own,
            coalesce(credit_memos.base_subtotal, 0) - coalesce(capped_sum(abs(i.base_discount_amount)), 0)
            + coalesce(nullif(capped_sum(i.base_hidden_tax_amount), 0), credit_memos.base_hidden_tax_amount, 0)
            + coalesce(credit_memos.base_adjustment_positive, 0)
            - abs(coalesce(credit_memos.base_adjustment_negative, 0)) AS base
        FROM credit_memo_items i WHERE i.parent_id = credit_memos.id) g);
UPDATE orders SET
    value = CASE WHEN coalesce(subtotal, 0) < abs(coalesce(discount_amount, 0)) THEN 0
        ELSE coalesce(subtotal, 0) - abs(coalesce(discount_amount, 0)) END,
    base_value = CASE WHEN coalesce(base_subtotal, 0) < abs(coalesce(base_discount_amount, 0)) THEN 0
        ELSE coalesce(base_subtotal, 0) - abs(coalesce(base_discount_amount, 0)) END,
    value_refunded = 0, base_value_refunded = 0,
    value_is_provisional = CASE WHEN coalesce(discount_amount, 0) <> 0
        OR coalesce(base_discount_amount, 0) <> 0 THEN 1 ELSE 0 END;
UPDATE orders SET value_refunded = m.own, base_value_refunded = m.base
    FROM (SELECT order_id, capped_sum(value) AS own, capped_sum(base_value) AS base FROM credit_memos
        WHERE order_id IS NOT NULL AND coalesce(state, 0) <> 3 GROUP BY order_id) m
    WHERE m.order_id = orders.id;
UPDATE orders SET
    value_net = CASE WHEN value > value_refunded THEN value - value_refunded ELSE 0 END,
    base_value_net = CASE WHEN base_value > base_value_refunded THEN base_value - base_value_refunded ELSE 0 END;
UPDATE customers SET value_gross = v.gross, value_net = v.net, value_is_provisional = v.provisional
    FROM (SELECT o.customer_id, capped_sum(o.base_value) AS gross, capped_sum(o.base_value_net) AS net,
            max(o.value_is_provisional) AS provisional
        FROM orders o JOIN customers c ON c.id = o.customer_id
        WHERE coalesce(o.state, '') <> 'canceled' AND o.base_currency_code = c.value_currency
        GROUP BY o.customer_id) v
    WHERE customers.id = v.customer_id;
-- A part follows the whole that it repeats the buy request of; else the cart knows; else the SKU tells.
UPDATE order_items SET parent_item_id = coalesce(
    (SELECT max(whole.origin_id) FROM order_items whole WHERE whole.parent_id = order_items.parent_id
        AND whole.product_type IN ('bundle', 'configurable') AND whole.origin_id < order_items.origin_id
        AND order_items.product_options LIKE 'a:1:{s:15:"info@_buyRequest";%' ESCAPE '@'
        AND replace(whole.product_options, substr(order_items.product_options, 6,
            length(order_items.product_options) - 6), '') <> whole.product_options),
    (SELECT whole.origin_id FROM cart_items part JOIN order_items whole
        ON whole.parent_id = order_items.parent_id AND whole.quote_item_id = part.parent_item_id
        WHERE part.channel_id = order_items.channel_id AND part.origin_id = order_items.quote_item_id),
    (SELECT max(whole.origin_id) FROM order_items whole WHERE whole.parent_id = order_items.parent_id
        AND whole.product_type = 'configurable' AND whole.sku = order_items.sku
        AND order_items.price = 0 AND whole.origin_id < order_items.origin_id))
    WHERE coalesce(product_type, '') NOT IN ('bundle', 'configurable');
CREATE INDEX orders_provisional ON orders (channel_id, origin_id) WHERE value_is_provisional = 1;
