-- Values that could not be read: the field is empty, the store's text is kept.
CREATE TABLE unread_values (
    entity text NOT NULL,
    record_id int64 NOT NULL,
    field text NOT NULL,
    value text NOT NULL,
    channel_id int64 NOT NULL REFERENCES channels (id),
    at int64 NOT NULL,
    PRIMARY KEY (entity, record_id, field)
);
CREATE INDEX unread_values_channel ON unread_values (channel_id);

-- By what a record in quarantine is found, as far as its answer tells: number and email; customer,
-- order, cart: the store's ids of the records that it belongs to.
CREATE TABLE quarantine_names (
    quarantine_id int64 NOT NULL REFERENCES quarantine (id) ON DELETE CASCADE,
    kind text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (quarantine_id, kind)
);
CREATE INDEX quarantine_names_value ON quarantine_names (kind, value);
