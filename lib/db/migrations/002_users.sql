-- Who may log in. name_key: the name folded, so that two people cannot be told apart by case only.
-- generation: raised when the password or role changes or the user is deactivated; sessions of an
-- older generation are void. Empty language, zone and page_size 0 follow the configuration.
CREATE TABLE users (
    id id,
    name text NOT NULL,
    name_key text NOT NULL UNIQUE,
    full_name text,
    email text,
    role text NOT NULL CHECK (role IN ('admin', 'staff')),
    password_hash text NOT NULL,
    is_active int64 NOT NULL DEFAULT 1,
    generation int64 NOT NULL DEFAULT 1,
    theme text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT '',
    zone text NOT NULL DEFAULT '',
    page_size int64 NOT NULL DEFAULT 0,
    has_keys int64 NOT NULL DEFAULT 1,
    created_at int64 NOT NULL,
    login_at int64
);

-- digest: of the token in the browser's cookie. flash: a message for the next page.
CREATE TABLE sessions (
    digest text NOT NULL PRIMARY KEY,
    user_id int64 NOT NULL REFERENCES users (id),
    generation int64 NOT NULL,
    created_at int64 NOT NULL,
    seen_at int64 NOT NULL,
    expires_at int64 NOT NULL,
    idle_for int64 NOT NULL,
    address text,
    agent text,
    flash text
);
CREATE INDEX sessions_user ON sessions (user_id);

-- Refused log-ins, per account (a digest of the name as typed) and per address.
CREATE TABLE login_failures (
    kind text NOT NULL CHECK (kind IN ('account', 'address')),
    subject text NOT NULL,
    failures int64 NOT NULL,
    last_at int64 NOT NULL,
    PRIMARY KEY (kind, subject)
);
