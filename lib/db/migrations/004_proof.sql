-- Proof of completeness: what a check compared, and what it found.

-- One row for each entity, and way, in which a run of kind "verify" compared it. store_*, here_*: what each side has.
-- way: 'census' (the cheapest answers that have ids), 'deep' (every field, children included) or
-- 'share' (the deep way over a part of the ids, so that the circle closes in some days).
CREATE TABLE verifications (
    run_id int64 NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    entity text NOT NULL,
    way text NOT NULL CHECK (way IN ('census', 'deep', 'share')),
    state text NOT NULL CHECK (state IN ('running', 'equal', 'differs', 'unknown')),
    note text,                          -- why it could not be told
    id_from int64,                      -- the ids that were compared, both included
    id_to int64,
    store_count int64 NOT NULL DEFAULT 0,
    here_count int64 NOT NULL DEFAULT 0,
    missing int64 NOT NULL DEFAULT 0,   -- in the store, not here
    extra int64 NOT NULL DEFAULT 0,     -- here, not in the store
    stale int64 NOT NULL DEFAULT 0,     -- older here than in the store by its update time
    different int64 NOT NULL DEFAULT 0, -- some field differs
    newer int64 NOT NULL DEFAULT 0,     -- changed in the store while it was compared: no difference
    repaired int64 NOT NULL DEFAULT 0,
    gone int64 NOT NULL DEFAULT 0,      -- marked as gone from the store
    calls int64 NOT NULL DEFAULT 0,
    store_ms int64 NOT NULL DEFAULT 0,
    started_at int64 NOT NULL,
    ended_at int64,
    PRIMARY KEY (run_id, entity, way)
);

-- Sums by month of creation (UTC, 'YYYY-MM'), status and website, in base currency.
CREATE TABLE verification_sums (
    run_id int64 NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    entity text NOT NULL,
    month text NOT NULL,                -- '' where there is no such date
    status text NOT NULL,
    website_origin_id int64 NOT NULL,   -- -1: unknown
    currency text NOT NULL,
    field text NOT NULL,                -- 'count', or a money field's name
    store_value int64 NOT NULL,
    here_value int64 NOT NULL,
    PRIMARY KEY (run_id, entity, month, status, website_origin_id, currency, field)
);

-- One row for each record that differs; which fields is in finding_fields.
CREATE TABLE findings (
    id id,
    run_id int64 NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    channel_id int64 NOT NULL REFERENCES channels (id),
    entity text NOT NULL,
    origin_id int64 NOT NULL,
    record_id int64,                    -- ours; NULL: it is not here
    title text,                         -- how people call it: an order's number, an e-mail
    what text NOT NULL CHECK (what IN ('missing', 'extra', 'stale', 'different')),
    outcome text NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'repaired', 'gone', 'waiting')),
    UNIQUE (run_id, entity, origin_id)
);
CREATE INDEX findings_entity ON findings (run_id, entity, what, origin_id);

-- entity and origin_id: of the record itself or of a child. field NULL: the child came or went.
CREATE TABLE finding_fields (
    finding_id int64 NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
    entity text NOT NULL,
    origin_id int64 NOT NULL,
    field text,
    store_value text,
    here_value text
);
CREATE INDEX finding_fields_finding ON finding_fields (finding_id);

-- Records that a check did not find in the store, where only a second miss on another day tells
-- that they are gone. Cleared when they show again.
CREATE TABLE misses (
    channel_id int64 NOT NULL REFERENCES channels (id),
    entity text NOT NULL,
    origin_id int64 NOT NULL,
    first_at int64 NOT NULL,            -- the store's clock
    last_at int64 NOT NULL,
    PRIMARY KEY (channel_id, entity, origin_id)
);

-- How far the nightly share of the deep way has come: the circle through all ids.
CREATE TABLE verify_circles (
    channel_id int64 NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    entity text NOT NULL,
    next_id int64 NOT NULL DEFAULT 1,
    began_at int64,                     -- of the circle under way
    closed_at int64,                    -- of the last whole one
    closed_began_at int64,              -- when that one began
    looked int64 NOT NULL DEFAULT 0,    -- records of the circle under way
    PRIMARY KEY (channel_id, entity)
);
CREATE TABLE verify_nights (
    channel_id int64 NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    day text NOT NULL,                  -- YYYY-MM-DD in the configured zone
    run_id int64 NOT NULL,
    PRIMARY KEY (channel_id, day)
);
