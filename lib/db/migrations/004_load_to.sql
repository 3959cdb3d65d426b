-- A load after the start date was moved to an earlier day reads what was created before the old one.

ALTER TABLE cursors ADD COLUMN load_to int64;
