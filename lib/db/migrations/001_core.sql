-- The first shape of the database. Type words: id, int64, text, blob (lib/db/migrate.c).
-- Times are seconds UTC, money and quantities 1/10000. The columns of the synced tables are the
-- fields of lib/entity, one for one; a test compares the two.

CREATE TABLE migrations (
    number int64 NOT NULL PRIMARY KEY,
    name text NOT NULL,
    applied_at int64 NOT NULL
);

-- What concerns the installation as a whole: the public half of the sealing key, ...
CREATE TABLE settings (
    name text NOT NULL PRIMARY KEY,
    value text
);

-- A channel is one store's connection with its rules. A deleted one is hidden at once and removed
-- in batches by a run.
CREATE TABLE channels (
    id id,
    name text NOT NULL,
    type text NOT NULL CHECK (type IN ('magento1', 'magento2')),
    status text NOT NULL CHECK (status IN ('draft', 'active', 'inactive')),
    url text NOT NULL,
    api_user text NOT NULL,
    api_key_sealed text,
    basic_user text,
    basic_password_sealed text,
    ca_file text,
    allow_http int64 NOT NULL DEFAULT 0,
    wsi int64,                          -- NULL: as the WSDL says
    website_origin_id int64,            -- NULL: all websites
    start_date text NOT NULL,           -- YYYY-MM-DD; only ever moved to an earlier day
    guest_sync int64 NOT NULL DEFAULT 1,
    shared_emails text,                 -- one a line, folded
    show_order_notes int64 NOT NULL DEFAULT 1,
    owner_id int64,
    admin_url text,
    two_way int64 NOT NULL DEFAULT 0,
    priority text NOT NULL DEFAULT 'remote' CHECK (priority IN ('remote', 'local')),
    sync_interval_minutes int64 NOT NULL DEFAULT 5,
    parallel int64 NOT NULL DEFAULT 4,
    requests_per_second int64 NOT NULL DEFAULT 0,
    page_size int64 NOT NULL DEFAULT 100,
    fence int64 NOT NULL DEFAULT 0,     -- raised by each run that takes the channel over
    anchor_at int64,                    -- the store's clock at the first run ever
    next_due_at int64,                  -- back-off after failures; NULL: by the interval
    failures int64 NOT NULL DEFAULT 0,  -- runs failed in a row
    attention text,                     -- needs a person: scheduling goes down to once an hour
    last_good_at int64,
    is_wsi int64,                       -- from here on: what the store told of itself
    namespace text,
    has_bridge int64,
    bridge_version text,
    store_version text,
    edition text,
    customer_scope int64 NOT NULL DEFAULT 1, -- 1: accounts per website, 0: global
    clock_offset_s int64,
    facts_at int64,
    created_at int64 NOT NULL,
    updated_at int64 NOT NULL,
    deleted_at int64
);
CREATE UNIQUE INDEX channels_name ON channels (name) WHERE deleted_at IS NULL;

-- Which entities a channel loads, and whether its store offers them.
CREATE TABLE channel_entities (
    channel_id int64 NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    entity text NOT NULL,
    is_on int64 NOT NULL,
    is_offered int64 NOT NULL DEFAULT 1,
    reason text,                        -- why not offered
    changed_by text,
    changed_at int64,
    PRIMARY KEY (channel_id, entity)
);

-- The websites that the last check found: choices of the channel's form before anything is loaded.
CREATE TABLE channel_websites (
    channel_id int64 NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    origin_id int64 NOT NULL,
    label text NOT NULL,
    PRIMARY KEY (channel_id, origin_id)
);

-- How far each entity is read. Incremental: everything up to forward_to (store's clock) is here;
-- while a window is under way keyset_id is the last id of it that is committed. First load: ids
-- down to front_id are here; it ends at bottom_id.
CREATE TABLE cursors (
    channel_id int64 NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    entity text NOT NULL,
    forward_to int64,
    window_from int64,
    window_to int64,
    keyset_id int64,
    load_state text NOT NULL DEFAULT 'none'
        CHECK (load_state IN ('none', 'running', 'done', 'canceled')),
    load_anchor int64,                  -- T0 of this load, store's clock
    load_from int64,                    -- created_at of the start date; NULL: no lower bound
    load_to int64,                      -- read only what was created before; NULL: everything
    load_full int64 NOT NULL DEFAULT 0, -- the store's row wins, as in a full run
    top_id int64,                       -- the top window starts here ...
    top_last int64,                     -- ... and is committed up to here
    top_done int64 NOT NULL DEFAULT 0,
    front_id int64,
    bottom_id int64,
    back_to int64,                      -- created_at at the front, for people
    loaded int64 NOT NULL DEFAULT 0,    -- records read by this load
    updated_at int64 NOT NULL,
    PRIMARY KEY (channel_id, entity)
);

-- Parents that were asked for and that the store does not have: not asked again for some days.
CREATE TABLE absent_parents (
    channel_id int64 NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    entity text NOT NULL,
    origin_id int64 NOT NULL,
    asked_at int64 NOT NULL,
    PRIMARY KEY (channel_id, entity, origin_id)
);

-- A run is asked for (waiting), taken by a process (running) and ends. read = added + updated +
-- unchanged + quarantined.
CREATE TABLE runs (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    kind text NOT NULL CHECK (kind IN ('changes', 'first', 'full', 'one', 'check', 'retry', 'delete', 'verify', 'push')),
    entities text,                      -- names with blanks between; NULL: those of the channel
    one_entity text,
    one_origin_id int64,
    options text,                       -- of "verify": words out of deep, share, repair, gone
    requested_by text NOT NULL,         -- a user's name, "schedule" or "command line"
    requested_at int64 NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'check', 'failed', 'stopped')),
    stop_requested_by text,
    started_at int64,
    ended_at int64,
    heartbeat_at int64,
    pid int64,
    boot_id text,
    stage text,
    fence int64,
    read int64 NOT NULL DEFAULT 0,
    added int64 NOT NULL DEFAULT 0,
    updated int64 NOT NULL DEFAULT 0,
    unchanged int64 NOT NULL DEFAULT 0,
    quarantined int64 NOT NULL DEFAULT 0,
    linked int64 NOT NULL DEFAULT 0,
    calls int64 NOT NULL DEFAULT 0,
    retries int64 NOT NULL DEFAULT 0,
    store_ms int64 NOT NULL DEFAULT 0,
    wire_bytes int64 NOT NULL DEFAULT 0,
    last_request text,
    last_request_at int64,
    last_status int64,
    last_ms int64,
    error text,                         -- for people: what: why: what to do
    result text                         -- one record's outcome, for "one" and "retry"
);
CREATE INDEX runs_channel ON runs (channel_id, id);
CREATE INDEX runs_open ON runs (state) WHERE state IN ('waiting', 'running');

CREATE TABLE run_entities (
    run_id int64 NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    entity text NOT NULL,
    state text NOT NULL,                -- waiting, running, done, failed, skipped
    read int64 NOT NULL DEFAULT 0,
    added int64 NOT NULL DEFAULT 0,
    updated int64 NOT NULL DEFAULT 0,
    unchanged int64 NOT NULL DEFAULT 0,
    quarantined int64 NOT NULL DEFAULT 0,
    about int64,                        -- about how many there are; NULL: not known
    share int64,                        -- share of the id span that is done, in 1/100 percent
    back_to int64,
    started_at int64,
    ended_at int64,
    note text,
    PRIMARY KEY (run_id, entity)
);

CREATE TABLE run_messages (
    id id,
    run_id int64 NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    at int64 NOT NULL,
    level text NOT NULL CHECK (level IN ('info', 'warn', 'error')),
    entity text,
    origin_id int64,
    message text NOT NULL
);
CREATE INDEX run_messages_run ON run_messages (run_id);

-- The stages of a connection check, as they come in.
CREATE TABLE check_stages (
    run_id int64 NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number int64 NOT NULL,
    name text NOT NULL,
    label text NOT NULL,
    result text NOT NULL CHECK (result IN ('ok', 'warn', 'failed')),
    fact text,
    problem text,
    PRIMARY KEY (run_id, number)
);

-- Records that could not be taken, until they can.
CREATE TABLE quarantine (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    entity text NOT NULL,
    origin_id int64 NOT NULL,
    reason text NOT NULL,
    answer text,                        -- after the list of secrets, at most 256 KiB
    run_id int64,
    first_seen_at int64 NOT NULL,
    last_seen_at int64 NOT NULL,
    tries int64 NOT NULL DEFAULT 1,
    next_try_at int64 NOT NULL,
    UNIQUE (channel_id, entity, origin_id)
);

-- History: one row for each changed record and run (or person), with the fields below it. root is
-- the record on whose page it is shown: the parent of an item, else the record itself.
CREATE TABLE changes (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    entity text NOT NULL,
    record_id int64 NOT NULL,
    origin_id int64,
    root_entity text NOT NULL,
    root_id int64 NOT NULL,
    action text NOT NULL CHECK (action IN ('changed', 'added', 'removed')),
    run_id int64,
    user_id int64,
    at int64 NOT NULL
);
CREATE INDEX changes_root ON changes (root_entity, root_id, id);
CREATE UNIQUE INDEX changes_run ON changes (run_id, entity, record_id, action)
    WHERE run_id IS NOT NULL;

CREATE TABLE change_fields (
    change_id int64 NOT NULL REFERENCES changes (id) ON DELETE CASCADE,
    field text NOT NULL,
    old_value text,
    new_value text,
    PRIMARY KEY (change_id, field)
);

-- What a store's answer carries beyond the fields: custom attributes, extension fields.
CREATE TABLE extra_values (
    entity text NOT NULL,
    record_id int64 NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    channel_id int64 NOT NULL REFERENCES channels (id),
    PRIMARY KEY (entity, record_id, name)
);

CREATE TABLE websites (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    origin_id int64 NOT NULL,
    code text,
    name text,
    sort_order int64,
    default_group_id int64,
    is_default int64,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);

CREATE TABLE stores (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    origin_id int64 NOT NULL,
    code text,
    name text,
    website_origin_id int64,
    website_id int64,
    group_origin_id int64,
    sort_order int64,
    is_active int64,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);

CREATE TABLE customer_groups (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    origin_id int64 NOT NULL,
    name text,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);

CREATE TABLE regions (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    origin_id int64 NOT NULL,
    country text,
    code text,
    name text,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);

CREATE TABLE customers (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    origin_id int64,
    website_origin_id int64,
    website_id int64,
    firstname text,
    lastname text,
    email text,
    prefix text,
    middlename text,
    suffix text,
    group_origin_id int64,
    group_id int64,
    store_origin_id int64,
    store_id int64,
    created_in text,
    gender int64,
    dob text,
    taxvat text,
    confirmation int64,
    increment_id text,
    created_at int64,
    updated_at int64,
    email_norm text,
    name_norm text,
    is_guest int64 NOT NULL DEFAULT 0,
    telephone text,
    billing_country text,
    billing_region text,
    subscriber_status int64,
    orders_count int64 NOT NULL DEFAULT 0,
    value_gross int64,
    value_net int64,
    value_currency text,
    last_order_at int64,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);
-- the list of customers is in the order of last names, equal ones in that of first names
CREATE INDEX customers_lastname ON customers (lastname, coalesce(firstname, ''));
CREATE INDEX customers_created_at ON customers (created_at);
CREATE INDEX customers_updated_at ON customers (updated_at);
CREATE INDEX customers_email_norm ON customers (email_norm);
CREATE INDEX customers_name_norm ON customers (name_norm);
CREATE INDEX customers_telephone ON customers (telephone);

CREATE TABLE customer_addresses (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    parent_id int64 NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    origin_id int64,                    -- NULL: made here, not in the store yet
    prefix text,
    firstname text,
    middlename text,
    lastname text,
    suffix text,
    company text,
    street text,
    city text,
    postcode text,
    region text,
    region_origin_id int64,
    region_id int64,
    country text,
    telephone text,
    fax text,
    increment_id text,
    is_default_billing int64,
    is_default_shipping int64,
    created_at int64,
    updated_at int64,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);
CREATE INDEX customer_addresses_parent ON customer_addresses (parent_id);

CREATE TABLE carts (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    origin_id int64 NOT NULL,
    website_id int64,
    firstname text,
    lastname text,
    customer_email text,
    items_qty int64,
    grand_total int64,
    created_at int64,
    updated_at int64,
    billing_country text,
    billing_region text,
    status text NOT NULL DEFAULT 'open',
    items_count int64,
    store_origin_id int64,
    store_id int64,
    customer_origin_id int64,
    customer_id int64 REFERENCES customers (id) ON DELETE SET NULL,
    group_origin_id int64,
    group_id int64,
    is_active int64,
    customer_is_guest int64,
    is_virtual int64,
    is_multi_shipping int64,
    subtotal int64,
    subtotal_with_discount int64,
    base_grand_total int64,
    base_subtotal int64,
    base_subtotal_with_discount int64,
    coupon_code text,
    applied_rule_ids text,
    reserved_order_id text,
    orig_order_id text,
    checkout_method text,
    customer_prefix text,
    customer_firstname text,
    customer_middlename text,
    customer_lastname text,
    customer_suffix text,
    customer_dob text,
    customer_taxvat text,
    customer_gender text,
    customer_tax_class_id int64,
    customer_note text,
    customer_note_notify int64,
    gift_message text,
    gift_message_id int64,
    remote_ip text,
    payment_method text,
    payment_cc_type text,
    payment_cc_last4 text,
    payment_po_number text,
    payment_cc_owner text,
    payment_cc_exp_month text,
    payment_cc_exp_year text,
    payment_cc_ss_start_month text,
    payment_cc_ss_start_year text,
    payment_additional_information text,
    payment_id int64,
    payment_created_at int64,
    payment_updated_at int64,
    base_currency_code text,
    store_currency_code text,
    quote_currency_code text,
    global_currency_code text,
    store_to_base_rate int64,
    store_to_quote_rate int64,
    base_to_global_rate int64,
    base_to_quote_rate int64,
    is_changed int64,
    trigger_recollect int64,
    is_persistent int64,
    ext_shipping_info text,
    converted_at int64,
    email_norm text,
    name_norm text,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);
CREATE INDEX carts_origin ON carts (origin_id);
CREATE INDEX carts_reserved_order_id ON carts (reserved_order_id);
CREATE INDEX carts_created_at ON carts (created_at);
CREATE INDEX carts_updated_at ON carts (updated_at);
CREATE INDEX carts_status ON carts (status, updated_at, channel_id);
CREATE INDEX carts_customer_id ON carts (customer_id);
CREATE INDEX carts_customer_id_waiting ON carts (channel_id, customer_origin_id)
    WHERE customer_id IS NULL AND customer_origin_id IS NOT NULL;
CREATE INDEX carts_email_norm ON carts (email_norm);
CREATE INDEX carts_name_norm ON carts (name_norm);

CREATE TABLE cart_items (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    parent_id int64 NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    origin_id int64 NOT NULL,
    parent_item_id int64,
    product_id int64,
    store_origin_id int64,
    sku text,
    name text,
    description text,
    product_type text,
    qty int64,
    price int64,
    price_incl_tax int64,
    custom_price int64,
    row_total int64,
    row_total_incl_tax int64,
    row_total_with_discount int64,
    tax_percent int64,
    tax_amount int64,
    discount_percent int64,
    discount_amount int64,
    weight int64,
    row_weight int64,
    base_price int64,
    base_price_incl_tax int64,
    base_row_total int64,
    base_row_total_incl_tax int64,
    base_tax_amount int64,
    base_discount_amount int64,
    weee_tax_applied text,
    weee_tax_applied_amount int64,
    weee_tax_applied_row_amount int64,
    base_weee_tax_applied_amount int64,
    base_weee_tax_applied_row_amount int64,
    weee_tax_disposition int64,
    weee_tax_row_disposition int64,
    base_weee_tax_disposition int64,
    base_weee_tax_row_disposition int64,
    tax_class_id int64,
    applied_rule_ids text,
    free_shipping text,
    is_virtual int64,
    is_qty_decimal int64,
    no_discount int64,
    gift_message text,
    gift_message_id int64,
    gift_message_available text,
    additional_data text,
    base_cost int64,
    original_custom_price int64,
    tax_before_discount int64,
    base_tax_before_discount int64,
    categories text,
    product_url text,
    product_image_url text,
    created_at int64,
    updated_at int64,
    removed_at int64,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);
CREATE INDEX cart_items_parent ON cart_items (parent_id);

CREATE TABLE cart_addresses (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    parent_id int64 NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    origin_id int64 NOT NULL,
    address_type text,
    email text,
    prefix text,
    firstname text,
    middlename text,
    lastname text,
    suffix text,
    company text,
    street text,
    city text,
    postcode text,
    region text,
    region_origin_id int64,
    region_id int64,
    country text,
    telephone text,
    fax text,
    customer_origin_id int64,
    customer_address_origin_id int64,
    save_in_address_book int64,
    same_as_billing int64,
    free_shipping text,
    shipping_method text,
    shipping_description text,
    weight int64,
    created_at int64,
    updated_at int64,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);
CREATE INDEX cart_addresses_parent ON cart_addresses (parent_id);

CREATE TABLE orders (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    origin_id int64 NOT NULL,
    increment_id text,
    website_id int64,
    firstname text,
    lastname text,
    customer_email text,
    created_at int64,
    updated_at int64,
    total_paid int64,
    grand_total int64,
    subtotal int64,
    billing_country text,
    billing_region text,
    status text,
    state text,
    customer_is_guest int64,
    store_origin_id int64,
    store_id int64,
    customer_origin_id int64,
    customer_id int64 REFERENCES customers (id) ON DELETE SET NULL,
    cart_origin_id int64,
    cart_id int64 REFERENCES carts (id) ON DELETE SET NULL,
    group_origin_id int64,
    group_id int64,
    discount_amount int64,
    tax_amount int64,
    shipping_amount int64,
    total_invoiced int64,
    total_refunded int64,
    total_canceled int64,
    total_online_refunded int64,
    total_offline_refunded int64,
    total_qty_ordered int64,
    coupon_code text,
    applied_rule_ids text,
    shipping_method text,
    shipping_description text,
    weight int64,
    is_virtual int64,
    gift_message text,
    gift_message_id int64,
    customer_note_notify int64,
    email_sent int64,
    remote_ip text,
    store_name text,
    customer_firstname text,
    customer_lastname text,
    customer_prefix text,
    customer_middlename text,
    customer_suffix text,
    customer_taxvat text,
    customer_note text,
    payment_method text,
    payment_cc_type text,
    payment_cc_last4 text,
    payment_cc_owner text,
    payment_cc_exp_month text,
    payment_cc_exp_year text,
    payment_po_number text,
    payment_amount_ordered int64,
    payment_shipping_amount int64,
    base_payment_amount_ordered int64,
    base_payment_shipping_amount int64,
    payment_id int64,
    billing_address_origin_id int64,
    shipping_address_origin_id int64,
    billing_firstname text,
    billing_lastname text,
    billing_name text,
    shipping_firstname text,
    shipping_lastname text,
    shipping_name text,
    base_grand_total int64,
    base_subtotal int64,
    base_tax_amount int64,
    base_shipping_amount int64,
    base_discount_amount int64,
    base_total_paid int64,
    base_total_refunded int64,
    base_total_qty_ordered int64,
    base_total_canceled int64,
    base_total_invoiced int64,
    base_total_online_refunded int64,
    base_total_offline_refunded int64,
    store_to_base_rate int64,
    store_to_order_rate int64,
    base_to_global_rate int64,
    base_to_order_rate int64,
    order_currency_code text,
    base_currency_code text,
    store_currency_code text,
    global_currency_code text,
    email_norm text,
    name_norm text,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);
CREATE INDEX orders_increment_id ON orders (increment_id);
CREATE INDEX orders_created_at ON orders (created_at);
CREATE INDEX orders_updated_at ON orders (updated_at);
CREATE INDEX orders_status ON orders (status, created_at, channel_id);
CREATE INDEX orders_grand_total ON orders (grand_total);
CREATE INDEX orders_customer_id ON orders (customer_id);
CREATE INDEX orders_customer_id_waiting ON orders (channel_id, customer_origin_id)
    WHERE customer_id IS NULL AND customer_origin_id IS NOT NULL;
CREATE INDEX orders_cart_id ON orders (cart_id);
CREATE INDEX orders_cart_origin_id ON orders (cart_origin_id);
CREATE INDEX orders_cart_id_waiting ON orders (channel_id, cart_origin_id)
    WHERE cart_id IS NULL AND cart_origin_id IS NOT NULL;
CREATE INDEX orders_email_norm ON orders (email_norm);
CREATE INDEX orders_name_norm ON orders (name_norm);

CREATE TABLE order_items (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    parent_id int64 NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    origin_id int64 NOT NULL,
    quote_item_id int64,
    product_id int64,
    sku text,
    name text,
    description text,
    product_type text,
    product_options text,
    qty_ordered int64,
    qty_invoiced int64,
    qty_shipped int64,
    qty_refunded int64,
    qty_canceled int64,
    price int64,
    original_price int64,
    cost int64,
    tax_percent int64,
    tax_amount int64,
    tax_invoiced int64,
    discount_percent int64,
    discount_amount int64,
    discount_invoiced int64,
    tax_before_discount int64,
    base_tax_before_discount int64,
    amount_refunded int64,
    row_total int64,
    row_invoiced int64,
    weight int64,
    row_weight int64,
    base_price int64,
    base_original_price int64,
    base_tax_amount int64,
    base_tax_invoiced int64,
    base_discount_amount int64,
    base_discount_invoiced int64,
    base_amount_refunded int64,
    base_row_total int64,
    base_row_invoiced int64,
    weee_tax_applied text,
    weee_tax_applied_amount int64,
    weee_tax_applied_row_amount int64,
    base_weee_tax_applied_amount int64,
    base_weee_tax_applied_row_amount int64,
    weee_tax_disposition int64,
    weee_tax_row_disposition int64,
    base_weee_tax_disposition int64,
    base_weee_tax_row_disposition int64,
    applied_rule_ids text,
    gift_message text,
    gift_message_id int64,
    gift_message_available text,
    free_shipping text,
    is_virtual int64,
    is_qty_decimal int64,
    no_discount int64,
    created_at int64,
    updated_at int64,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);
CREATE INDEX order_items_parent ON order_items (parent_id);

CREATE TABLE order_addresses (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    parent_id int64 NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    origin_id int64 NOT NULL,
    address_type text,
    firstname text,
    middlename text,
    lastname text,
    company text,
    street text,
    city text,
    postcode text,
    region text,
    region_origin_id int64,
    region_id int64,
    country text,
    telephone text,
    fax text,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);
CREATE INDEX order_addresses_parent ON order_addresses (parent_id);

CREATE TABLE order_notes (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    parent_id int64 NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    origin_id int64 NOT NULL,
    comment text,
    status text,
    is_customer_notified int64,
    created_at int64,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (parent_id, origin_id)
);

CREATE TABLE credit_memos (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    origin_id int64 NOT NULL,
    state int64,
    website_id int64,
    increment_id text,
    created_at int64,
    updated_at int64,
    grand_total int64,
    order_origin_id int64,
    order_id int64 REFERENCES orders (id) ON DELETE SET NULL,
    store_origin_id int64,
    store_id int64,
    invoice_origin_id int64,
    transaction_id text,
    email_sent int64,
    creditmemo_status int64,
    subtotal int64,
    subtotal_incl_tax int64,
    adjustment int64,
    adjustment_positive int64,
    adjustment_negative int64,
    discount_amount int64,
    tax_amount int64,
    hidden_tax_amount int64,
    shipping_amount int64,
    shipping_incl_tax int64,
    shipping_tax_amount int64,
    customer_bal_total_refunded int64,
    reward_points_balance_refund int64,
    base_grand_total int64,
    base_subtotal int64,
    base_subtotal_incl_tax int64,
    base_adjustment int64,
    base_adjustment_positive int64,
    base_adjustment_negative int64,
    base_discount_amount int64,
    base_tax_amount int64,
    base_hidden_tax_amount int64,
    base_shipping_amount int64,
    base_shipping_incl_tax int64,
    base_shipping_tax_amount int64,
    billing_address_origin_id int64,
    shipping_address_origin_id int64,
    store_to_base_rate int64,
    store_to_order_rate int64,
    base_to_global_rate int64,
    base_to_order_rate int64,
    order_currency_code text,
    base_currency_code text,
    store_currency_code text,
    global_currency_code text,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);
CREATE INDEX credit_memos_increment_id ON credit_memos (increment_id);
CREATE INDEX credit_memos_created_at ON credit_memos (created_at);
CREATE INDEX credit_memos_updated_at ON credit_memos (updated_at);
CREATE INDEX credit_memos_order_id ON credit_memos (order_id);
CREATE INDEX credit_memos_order_id_waiting ON credit_memos (channel_id, order_origin_id)
    WHERE order_id IS NULL AND order_origin_id IS NOT NULL;

CREATE TABLE credit_memo_items (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    parent_id int64 NOT NULL REFERENCES credit_memos (id) ON DELETE CASCADE,
    origin_id int64 NOT NULL,
    order_item_origin_id int64,
    product_id int64,
    sku text,
    name text,
    description text,
    additional_data text,
    qty int64,
    price int64,
    price_incl_tax int64,
    tax_amount int64,
    discount_amount int64,
    row_total int64,
    row_total_incl_tax int64,
    hidden_tax_amount int64,
    base_price int64,
    base_price_incl_tax int64,
    base_cost int64,
    base_tax_amount int64,
    base_discount_amount int64,
    base_row_total int64,
    base_row_total_incl_tax int64,
    base_hidden_tax_amount int64,
    weee_tax_applied text,
    weee_tax_applied_amount int64,
    weee_tax_applied_row_amount int64,
    base_weee_tax_applied_amount int64,
    base_weee_tax_applied_row_amount int64,
    weee_tax_disposition int64,
    weee_tax_row_disposition int64,
    base_weee_tax_disposition int64,
    base_weee_tax_row_disposition int64,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);
CREATE INDEX credit_memo_items_parent ON credit_memo_items (parent_id);

CREATE TABLE credit_memo_notes (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    parent_id int64 NOT NULL REFERENCES credit_memos (id) ON DELETE CASCADE,
    origin_id int64 NOT NULL,
    comment text,
    is_customer_notified int64,
    is_visible_on_front int64,
    created_at int64,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);
CREATE INDEX credit_memo_notes_parent ON credit_memo_notes (parent_id);

CREATE TABLE subscribers (
    id id,
    channel_id int64 NOT NULL REFERENCES channels (id),
    origin_id int64,                    -- NULL: made here, not in the store yet
    website_id int64,
    email text,
    customer_origin_id int64,
    customer_id int64 REFERENCES customers (id) ON DELETE SET NULL,
    store_origin_id int64,
    store_id int64,
    status int64,
    confirm_code text,
    change_status_at int64,
    email_norm text,
    imported_at int64 NOT NULL,
    synced_at int64 NOT NULL,
    run_id int64,
    was_repaired int64 NOT NULL DEFAULT 0,
    missing_at int64,
    UNIQUE (channel_id, origin_id)
);
CREATE INDEX subscribers_customer_id ON subscribers (customer_id);
CREATE INDEX subscribers_customer_id_waiting ON subscribers (channel_id, customer_origin_id)
    WHERE customer_id IS NULL AND customer_origin_id IS NOT NULL;
CREATE INDEX subscribers_change_status_at ON subscribers (change_status_at);
CREATE INDEX subscribers_email_norm ON subscribers (email_norm);
