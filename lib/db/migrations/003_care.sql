-- Settings of a channel for checks, two-way sync and gentle loading.
-- Times of day are 'HH:MM' in the configured zone.
ALTER TABLE channels ADD COLUMN verify_at text;                    -- nightly check; NULL: none
ALTER TABLE channels ADD COLUMN verify_days int64 NOT NULL DEFAULT 30; -- the circle closes in so many
ALTER TABLE channels ADD COLUMN verify_repairs int64 NOT NULL DEFAULT 1;
ALTER TABLE channels ADD COLUMN verify_calls int64 NOT NULL DEFAULT 5000; -- a night, at most; 0: no bound
ALTER TABLE channels ADD COLUMN verify_seconds int64 NOT NULL DEFAULT 3600; -- of the store, a night; 0: no bound
ALTER TABLE channels ADD COLUMN push_mode text NOT NULL DEFAULT 'send'
    CHECK (push_mode IN ('send', 'approve', 'dry'));
ALTER TABLE channels ADD COLUMN quiet_from text;                   -- no loading of the past between
ALTER TABLE channels ADD COLUMN quiet_to text;
ALTER TABLE channels ADD COLUMN is_adaptive int64 NOT NULL DEFAULT 1; -- pace follows the store's answer time
ALTER TABLE channels ADD COLUMN load_paused_at int64;              -- NULL: not paused
ALTER TABLE channels ADD COLUMN load_paused_by text;
ALTER TABLE channels ADD COLUMN notice_minutes int64 NOT NULL DEFAULT 60; -- failing for so long: a mail; 0: none

-- When a store could not be read: from the first run that failed to the next good one.
CREATE TABLE outages (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    began_at int64 NOT NULL,
    ended_at int64,
    last_at int64 NOT NULL,             -- of the last failed run
    runs int64 NOT NULL DEFAULT 1,
    error text NOT NULL,
    stale_since int64,                  -- what was read last before it
    caught_up_at int64,                 -- a run read every entity again
    noticed_at int64,                   -- a mail went out ...
    over_noticed_at int64,              -- ... and another one when it was over
    notice_tries int64 NOT NULL DEFAULT 0,
    notice_next_at int64,               -- not before, after a mail that could not be sent
    notice_error text
);
CREATE INDEX outages_channel ON outages (channel_id, id);

ALTER TABLE runs ADD COLUMN pace int64; -- requests that may be on the wire at once, lately
-- What was read by two to four minutes ago, for the rate of now; next_*: what takes its place.
ALTER TABLE runs ADD COLUMN recent_at int64;
ALTER TABLE runs ADD COLUMN recent_read int64;
ALTER TABLE runs ADD COLUMN next_at int64;
ALTER TABLE runs ADD COLUMN next_read int64;

-- A load is canceled or begun anew by raising its number: a process that still holds the former one
-- cannot put the state back.
ALTER TABLE cursors ADD COLUMN load_number int64 NOT NULL DEFAULT 0;
ALTER TABLE cursors ADD COLUMN is_whole int64 NOT NULL DEFAULT 0; -- a load down to load_from ended
