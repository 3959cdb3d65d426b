-- The outbox: what was changed here and is to reach the store. What is waiting is 'waiting',
-- 'sending', 'conflict', 'approval' or 'failed'; the other states are ends.
CREATE TABLE outbox (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    entity text NOT NULL,               -- customer, customer_address, subscriber, order
    record_id int64,                    -- ours; NULL once an address that was deleted is gone
    origin_id int64,                    -- the store's; NULL until it was created there
    root_id int64,                      -- an address's customer, ours
    op text NOT NULL CHECK (op IN ('create', 'update', 'delete', 'comment', 'hold', 'unhold', 'cancel')),
    state text NOT NULL CHECK (state IN ('waiting', 'approval', 'sending', 'conflict', 'failed',
        'done', 'rejected', 'dropped')),
    title text NOT NULL,                -- how people call the record
    user_id int64,
    requested_by text NOT NULL,
    created_at int64 NOT NULL,
    changed_at int64 NOT NULL,
    revision int64 NOT NULL DEFAULT 0,  -- raised by each person's change: a run compares it
    is_approved int64 NOT NULL DEFAULT 0,
    tries int64 NOT NULL DEFAULT 0,
    next_try_at int64 NOT NULL DEFAULT 0,
    sent_at int64,                      -- the store's clock, before the last sending that may
                                        -- have arrived
    ended_at int64,
    run_id int64,                       -- the run that looked at it last
    error text,                         -- for people: what: why: what to do
    outcome text,                       -- one line of what came of it
    comment text,                       -- of op comment
    is_notified int64 NOT NULL DEFAULT 0,
    password_sealed text,               -- erased when sent, or at password_until
    password_until int64,
    reverts_id int64                    -- the row whose former values this one writes back
);
CREATE INDEX outbox_open ON outbox (channel_id, state)
    WHERE state IN ('waiting', 'approval', 'sending', 'conflict', 'failed');
CREATE INDEX outbox_record ON outbox (entity, record_id);
CREATE INDEX outbox_root ON outbox (root_id) WHERE root_id IS NOT NULL;
CREATE INDEX outbox_reverts ON outbox (reverts_id) WHERE reverts_id IS NOT NULL;

-- base: the value when it was changed here; store: as it was last read from the store. As in
-- exports: money "638.0100", times ISO, NULL unknown.
CREATE TABLE outbox_fields (
    outbox_id int64 NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    field text NOT NULL,
    base_value text,
    store_value text,
    new_value text,
    store_at int64,                     -- when store_value was read; NULL: it is the base
    rule text CHECK (rule IN ('remote', 'local', 'ask')), -- in force when it was last compared
    is_conflict int64 NOT NULL DEFAULT 0,
    choice text CHECK (choice IN ('store', 'here')),      -- a person's
    result text CHECK (result IN ('sent', 'same', 'store')), -- sent, equal already, the store's kept
    PRIMARY KEY (outbox_id, field)
);

-- Per-field rules beside the channel's priority.
CREATE TABLE push_rules (
    channel_id int64 NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    entity text NOT NULL,
    field text NOT NULL,
    rule text NOT NULL CHECK (rule IN ('remote', 'local', 'ask')),
    PRIMARY KEY (channel_id, entity, field)
);
