-- What a load leaves out on purpose is counted, and what a check did not look at is named.

-- Records created before the start date, of ids from counted_from up; NULL: not counted yet.
ALTER TABLE cursors ADD COLUMN left_out int64 NOT NULL DEFAULT 0;
ALTER TABLE cursors ADD COLUMN counted_from int64;

-- A row whose id cannot be read has a number of its own below 0, and lies between these ids; NULL:
-- anywhere.
ALTER TABLE quarantine ADD COLUMN id_from int64;
ALTER TABLE quarantine ADD COLUMN id_to int64;
UPDATE quarantine SET origin_id = -id WHERE origin_id = 0;

ALTER TABLE verifications ADD COLUMN left_out int64 NOT NULL DEFAULT 0;    -- created before the start date
ALTER TABLE verifications ADD COLUMN elsewhere int64 NOT NULL DEFAULT 0;   -- of other websites, or of none
ALTER TABLE verifications ADD COLUMN undated int64 NOT NULL DEFAULT 0;     -- no update date: no run sees them change
ALTER TABLE verifications ADD COLUMN quarantined int64 NOT NULL DEFAULT 0; -- as they are in the store they are not here

-- Entities that a check did not compare, and why.
CREATE TABLE verification_gaps (
    run_id int64 NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    entity text NOT NULL,
    why text NOT NULL,
    PRIMARY KEY (run_id, entity)
);
