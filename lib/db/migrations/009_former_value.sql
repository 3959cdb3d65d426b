-- store_value is the store's as it was read last, also where that is what was sent. What it had
-- before moves into a column of its own; until now store_value had to keep it.
ALTER TABLE outbox_fields ADD COLUMN former_value text; -- '': it was empty; NULL: it has not got ours
UPDATE outbox_fields SET former_value = coalesce(store_value, '')
    WHERE sent_value IS NOT NULL OR result = 'sent';
