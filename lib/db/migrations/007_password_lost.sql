-- A password that was erased before it is known to have reached the store is told of, not passed over.
ALTER TABLE outbox ADD COLUMN password_lost int64 NOT NULL DEFAULT 0
    CHECK (password_lost IN (0, 1, 2)); -- 1: it was not sent; 2: it may have been
