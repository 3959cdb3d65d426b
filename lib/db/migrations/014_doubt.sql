-- A change out of a restored backup: it may have reached the store since, so a person is asked.
ALTER TABLE outbox ADD COLUMN is_restored int64 NOT NULL DEFAULT 0;

-- Forms that were taken once: sent twice (two tabs, a double click) they are not done twice.
CREATE TABLE form_nonces (
    nonce text NOT NULL PRIMARY KEY,
    user_id int64 NOT NULL,
    used_at int64 NOT NULL,
    location text                       -- where its answer sent the browser
);
CREATE INDEX form_nonces_used ON form_nonces (used_at);

-- From where somebody has logged in: others' failures at that address do not slow this person down.
CREATE TABLE login_places (
    account text NOT NULL,
    address text NOT NULL,
    last_at int64 NOT NULL,
    PRIMARY KEY (account, address)
);
