-- When a channel's records of one kind were last looked through to the end for parents that are not
-- here, and how far: until that is a week old, the next run looks at the newer ones only.
CREATE TABLE parents_walked (
    channel_id int64 NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    child text NOT NULL,
    parent text NOT NULL,
    walked_at int64 NOT NULL,
    last_id int64 NOT NULL,     -- of our rows, as they were when a run last looked
    load_number int64 NOT NULL, -- the child's load: another one brings older records
    PRIMARY KEY (channel_id, child, parent)
);
