-- A record that could not be compared is named like one that differs, with the reason: a count alone
-- ("could not tell") sends people searching. SQLite cannot change a CHECK, so both tables are made
-- anew with what they hold.

CREATE TABLE new_findings (
    id id,
    run_id int64 NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    channel_id int64 NOT NULL REFERENCES channels (id),
    entity text NOT NULL,
    origin_id int64 NOT NULL,
    record_id int64,                    -- ours; NULL: it is not here
    title text,                         -- how people call it: an order's number, an e-mail
    what text NOT NULL CHECK (what IN ('missing', 'extra', 'stale', 'different', 'unknown')),
    why text,                           -- it could not be compared, or is not here
    outcome text NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'repaired', 'gone', 'waiting')),
    UNIQUE (run_id, entity, origin_id)
);
INSERT INTO new_findings SELECT id, run_id, channel_id, entity, origin_id, record_id, title, what, NULL, outcome
    FROM findings ORDER BY id;

-- entity and origin_id: of the record itself or of a child. field NULL: the child came or went.
CREATE TABLE new_finding_fields (
    finding_id int64 NOT NULL REFERENCES new_findings (id) ON DELETE CASCADE,
    entity text NOT NULL,
    origin_id int64 NOT NULL,
    field text,
    store_value text,
    here_value text
);
INSERT INTO new_finding_fields SELECT finding_id, entity, origin_id, field, store_value, here_value
    FROM finding_fields ORDER BY rowid;

DROP TABLE finding_fields;
DROP TABLE findings;
ALTER TABLE new_findings RENAME TO findings;
ALTER TABLE new_finding_fields RENAME TO finding_fields;
CREATE INDEX findings_entity ON findings (run_id, entity, what, origin_id);
CREATE INDEX finding_fields_finding ON finding_fields (finding_id);

ALTER TABLE verifications ADD COLUMN unknown int64 NOT NULL DEFAULT 0;  -- could not be compared
ALTER TABLE verifications ADD COLUMN unlisted int64 NOT NULL DEFAULT 0; -- found, but too many to keep one by one
ALTER TABLE verifications ADD COLUMN is_braked int64 NOT NULL DEFAULT 0; -- so many were gone that none was marked
