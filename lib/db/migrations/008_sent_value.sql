-- What was sent of a field and may have arrived: that the store has it is no change of the store's,
-- and hides what it had before.
ALTER TABLE outbox_fields ADD COLUMN sent_value text; -- '': it was sent empty; NULL: it was not sent
