/* Channels in the database: loading, saving, switching. Their rules are in channel_rules.c. */
#include "crm/channel.h"

#include "base/date.h"
#include "base/dec.h"
#include "base/mem.h"

#define WEBSITES_MAX 64

#define COLUMNS                                                                                    \
    "id, name, type, status, url, api_user, api_key_sealed, basic_user, basic_password_sealed,"    \
    " ca_file, allow_http, wsi, website_origin_id, start_date, guest_sync, shared_emails,"         \
    " show_order_notes, owner_id, admin_url, two_way, priority, sync_interval_minutes, parallel,"  \
    " requests_per_second, page_size, fence, anchor_at, next_due_at, failures, attention,"         \
    " last_good_at, is_wsi, has_bridge, namespace, bridge_version, store_version, edition,"        \
    " customer_scope, clock_offset_s, facts_at, created_at, updated_at, push_mode, is_adaptive,"   \
    " quiet_from, quiet_to, verify_at, verify_days, verify_repairs, verify_calls, verify_seconds," \
    " notice_minutes, load_paused_at, load_paused_by"

static const char sql_load[] =
    "SELECT " COLUMNS " FROM channels WHERE id = ?1 AND deleted_at IS NULL";
static const char sql_by_name[] = "SELECT id FROM channels WHERE name = ?1 AND deleted_at IS NULL";
static const char sql_list[] =
    "SELECT " COLUMNS " FROM channels WHERE deleted_at IS NULL ORDER BY name, id";

static const char sql_insert[] =
    "INSERT INTO channels (name, type, status, url, api_user, api_key_sealed, basic_user,"
    " basic_password_sealed, ca_file, allow_http, wsi, website_origin_id, start_date, guest_sync,"
    " shared_emails, show_order_notes, owner_id, admin_url, two_way, priority,"
    " sync_interval_minutes, parallel, requests_per_second, page_size, created_at, updated_at,"
    " push_mode, is_adaptive, quiet_from, quiet_to, verify_at, verify_days, verify_repairs,"
    " verify_calls, verify_seconds, notice_minutes)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
    " ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35)"
    " RETURNING id";
static const char sql_update[] =
    "UPDATE channels SET name = ?1, type = ?2, status = ?3, url = ?4, api_user = ?5,"
    " api_key_sealed = ?6, basic_user = ?7, basic_password_sealed = ?8, ca_file = ?9,"
    " allow_http = ?10, wsi = ?11, website_origin_id = ?12, start_date = ?13, guest_sync = ?14,"
    " shared_emails = ?15, show_order_notes = ?16, owner_id = ?17, admin_url = ?18, two_way = ?19,"
    " priority = ?20, sync_interval_minutes = ?21, parallel = ?22, requests_per_second = ?23,"
    " page_size = ?24, updated_at = ?25, push_mode = ?26, is_adaptive = ?27, quiet_from = ?28,"
    " quiet_to = ?29, verify_at = ?30, verify_days = ?31, verify_repairs = ?32,"
    " verify_calls = ?33, verify_seconds = ?34, notice_minutes = ?35, next_due_at = NULL"
    " WHERE id = ?36 AND deleted_at IS NULL RETURNING id";

static const char sql_entities[] =
    "SELECT is_on, is_offered, reason, changed_by, changed_at FROM channel_entities"
    " WHERE channel_id = ?1 AND entity = ?2";
static const char sql_switch[] =
    "INSERT INTO channel_entities (channel_id, entity, is_on, changed_by, changed_at)"
    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (channel_id, entity) DO UPDATE SET"
    " is_on = excluded.is_on, changed_by = excluded.changed_by, changed_at = excluded.changed_at";
static const char sql_offer[] =
    "INSERT INTO channel_entities (channel_id, entity, is_on, is_offered, reason)"
    " VALUES (?1, ?2, 0, ?3, ?4) ON CONFLICT (channel_id, entity) DO UPDATE SET"
    " is_offered = excluded.is_offered, reason = excluded.reason";
static const char sql_any_has[] =
    "SELECT 1 FROM channel_entities e JOIN channels c ON c.id = e.channel_id"
    " WHERE e.entity = ?1 AND e.is_on = 1 AND c.status = 'active' AND c.deleted_at IS NULL LIMIT 1";

static const char sql_websites[] =
    "SELECT origin_id, label FROM channel_websites WHERE channel_id = ?1 ORDER BY origin_id"
    " LIMIT ?2";
static const char sql_facts[] =
    "UPDATE channels SET is_wsi = ?2, has_bridge = ?3, namespace = ?4, bridge_version = ?5,"
    " store_version = ?6, edition = ?7, customer_scope = ?8, clock_offset_s = ?9, facts_at = ?10,"
    " admin_url = coalesce(admin_url, ?11) WHERE id = ?1";

const struct tb_entity *const tb_channel_choices[] = {
    &tb_customer, &tb_cart, &tb_order, &tb_credit_memo, &tb_subscriber, NULL,
};

static int64_t number_or(const struct tb_stmt *st, int col, int64_t otherwise)
{
    return tb_col_is_null(st, col) ? otherwise : tb_col_int(st, col);
}

static void read_channel(struct tb_arena *a, const struct tb_stmt *st, struct tb_channel *c)
{
    *c = (struct tb_channel){
        .id = tb_col_int(st, 0),
        .name = tb_col_copy(a, st, 1),
        .type = tb_col_copy(a, st, 2),
        .status = tb_col_copy(a, st, 3),
        .url = tb_col_copy(a, st, 4),
        .api_user = tb_col_copy(a, st, 5),
        .api_key_sealed = tb_col_copy(a, st, 6),
        .basic_user = tb_col_copy(a, st, 7),
        .basic_password_sealed = tb_col_copy(a, st, 8),
        .ca_file = tb_col_copy(a, st, 9),
        .allow_http = tb_col_int(st, 10) != 0,
        .wsi = (int)number_or(st, 11, -1),
        .website_origin_id = number_or(st, 12, -1),
        .start_date = tb_col_copy(a, st, 13),
        .guest_sync = tb_col_int(st, 14) != 0,
        .shared_emails = tb_col_copy(a, st, 15),
        .show_order_notes = tb_col_int(st, 16) != 0,
        .owner_id = tb_col_int(st, 17),
        .admin_url = tb_col_copy(a, st, 18),
        .two_way = tb_col_int(st, 19) != 0,
        .priority = tb_col_copy(a, st, 20),
        .sync_interval_minutes = tb_col_int(st, 21),
        .parallel = tb_col_int(st, 22),
        .requests_per_second = tb_col_int(st, 23),
        .page_size = tb_col_int(st, 24),
        .fence = tb_col_int(st, 25),
        .anchor_at = tb_col_int(st, 26),
        .next_due_at = tb_col_int(st, 27),
        .failures = tb_col_int(st, 28),
        .attention = tb_col_copy(a, st, 29),
        .last_good_at = tb_col_int(st, 30),
        .is_wsi = (int)number_or(st, 31, -1),
        .has_bridge = (int)number_or(st, 32, -1),
        .namespace = tb_col_copy(a, st, 33),
        .bridge_version = tb_col_copy(a, st, 34),
        .store_version = tb_col_copy(a, st, 35),
        .edition = tb_col_copy(a, st, 36),
        .customer_scope = (int)tb_col_int(st, 37),
        .clock_offset_s = tb_col_int(st, 38),
        .facts_at = tb_col_int(st, 39),
        .created_at = tb_col_int(st, 40),
        .updated_at = tb_col_int(st, 41),
        .push_mode = tb_col_copy(a, st, 42),
        .is_adaptive = tb_col_int(st, 43) != 0,
        .quiet_from = tb_col_copy(a, st, 44),
        .quiet_to = tb_col_copy(a, st, 45),
        .verify_at = tb_col_copy(a, st, 46),
        .verify_days = tb_col_int(st, 47),
        .verify_repairs = tb_col_int(st, 48) != 0,
        .verify_calls = tb_col_int(st, 49),
        .verify_seconds = tb_col_int(st, 50),
        .notice_minutes = tb_col_int(st, 51),
        .load_paused_at = tb_col_int(st, 52),
        .load_paused_by = tb_col_copy(a, st, 53),
    };
}

enum tb_status tb_channel_load(struct tb_db *db, struct tb_arena *a, int64_t id,
                               struct tb_channel *out, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_query(db, &st, err, sql_load, "i", id);

    if (status == TB_OK) {
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        read_channel(a, st, out);
    } else if (status == TB_OK) {
        status = tb_err_set(err, TB_E_NOTFOUND, "Channel %lld not found: it may have been deleted",
                            (long long)id);
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_channel_find(struct tb_db *db, struct tb_arena *a, const char *name_or_number,
                               struct tb_channel *out, struct tb_err *err)
{
    int64_t id = 0;
    enum tb_status status = tb_db_int(db, &id, err, sql_by_name, "t", name_or_number);

    if (status == TB_E_NOTFOUND && tb_int_parse(name_or_number, &id)) {
        status = TB_OK;
    }
    if (status == TB_E_NOTFOUND) {
        return tb_err_set(err, TB_E_NOTFOUND,
                          "Channel \"%s\" not found: tollbook-sync status lists all channels",
                          name_or_number);
    }
    return status == TB_OK ? tb_channel_load(db, a, id, out, err) : status;
}

enum tb_status tb_channel_list(struct tb_db *db, struct tb_arena *a, struct tb_channel **out,
                               size_t *count, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    int64_t total = 0;
    bool row = false;
    enum tb_status status =
        tb_db_int(db, &total, err, "SELECT count(*) FROM channels WHERE deleted_at IS NULL", "");

    *count = 0;
    *out = tb_arena_alloc(a, ((size_t)total + 1) * sizeof **out);
    if (status == TB_OK) {
        status = tb_db_query(db, &st, err, sql_list, "");
    }
    while (status == TB_OK && *count < (size_t)total) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        read_channel(a, st, &(*out)[(*count)++]);
    }
    tb_stmt_done(st);
    return status;
}

/* What is done beside reading: pushing, checking, sparing the store. */
static void bind_care(struct tb_stmt *st, const struct tb_channel *c)
{
    tb_bind_text(st, 26, c->push_mode);
    tb_bind_int(st, 27, c->is_adaptive);
    tb_bind_text(st, 28, c->quiet_from);
    tb_bind_text(st, 29, c->quiet_to);
    tb_bind_text(st, 30, c->verify_at);
    tb_bind_int(st, 31, c->verify_days);
    tb_bind_int(st, 32, c->verify_repairs);
    tb_bind_int(st, 33, c->verify_calls);
    tb_bind_int(st, 34, c->verify_seconds);
    tb_bind_int(st, 35, c->notice_minutes);
}

static void bind_settings(struct tb_stmt *st, const struct tb_channel *c)
{
    const char *const head[] = {
        c->name,     c->type,           c->status,     c->url,
        c->api_user, c->api_key_sealed, c->basic_user, c->basic_password_sealed,
        c->ca_file};

    for (int i = 0; i < 9; i++) {
        tb_bind_text(st, i + 1, head[i]);
    }
    tb_bind_int(st, 10, c->allow_http);
    if (c->wsi >= 0) {
        tb_bind_int(st, 11, c->wsi);
    }
    if (c->website_origin_id >= 0) {
        tb_bind_int(st, 12, c->website_origin_id);
    }
    tb_bind_text(st, 13, c->start_date);
    tb_bind_int(st, 14, c->guest_sync);
    tb_bind_text(st, 15, c->shared_emails);
    tb_bind_int(st, 16, c->show_order_notes);
    if (c->owner_id > 0) {
        tb_bind_int(st, 17, c->owner_id);
    }
    tb_bind_text(st, 18, c->admin_url);
    tb_bind_int(st, 19, c->two_way);
    tb_bind_text(st, 20, c->priority);
    tb_bind_int(st, 21, c->sync_interval_minutes);
    tb_bind_int(st, 22, c->parallel);
    tb_bind_int(st, 23, c->requests_per_second);
    tb_bind_int(st, 24, c->page_size);
    tb_bind_int(st, 25, tb_now());
    bind_care(st, c);
    if (c->id != 0) {
        tb_bind_int(st, 36, c->id);
    }
}

enum tb_status tb_channel_save(struct tb_db *db, struct tb_channel *c, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status = tb_db_prepare(db, c->id ? sql_update : sql_insert, &st, err);

    if (status == TB_OK) {
        bind_settings(st, c);
        status = tb_step(st, &row, err);
    }
    if (status == TB_OK && row) {
        c->id = tb_col_int(st, 0);
    } else if (status == TB_OK) {
        status = tb_err_set(err, TB_E_NOTFOUND, "Channel not saved: it was deleted meanwhile");
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_channel_set_status(struct tb_db *db, int64_t id, const char *status,
                                     struct tb_err *err)
{
    return tb_db_exec(db, err,
                      "UPDATE channels SET status = ?2, updated_at = ?3, next_due_at = NULL,"
                      " attention = NULL WHERE id = ?1 AND deleted_at IS NULL",
                      "iti", id, status, tb_now());
}

enum tb_status tb_channel_entities(struct tb_db *db, struct tb_arena *a, int64_t id,
                                   struct tb_channel_entity *out, size_t max, size_t *count,
                                   struct tb_err *err)
{
    enum tb_status status = TB_OK;

    *count = 0;
    for (size_t i = 0; status == TB_OK && tb_channel_choices[i] && i < max; i++) {
        struct tb_stmt *st = NULL;
        bool row = false;

        out[i] = (struct tb_channel_entity){.entity = tb_channel_choices[i], .is_offered = true};
        status = tb_db_query(db, &st, err, sql_entities, "it", id, tb_channel_choices[i]->name);
        if (status == TB_OK) {
            status = tb_step(st, &row, err);
        }
        if (status == TB_OK && row) {
            out[i].is_on = tb_col_int(st, 0) != 0;
            out[i].is_offered = tb_col_int(st, 1) != 0;
            out[i].reason = tb_col_copy(a, st, 2);
            out[i].changed_by = tb_col_copy(a, st, 3);
            out[i].changed_at = tb_col_int(st, 4);
        }
        tb_stmt_done(st);
        *count = i + 1;
    }
    return status;
}

enum tb_status tb_channel_switch(struct tb_db *db, int64_t id, const struct tb_entity *e, bool on,
                                 const char *by, struct tb_err *err)
{
    if (e == tb_channel_choices[0] && !on) {
        return tb_err_set(err, TB_E_INPUT,
                          "%s not taken off: they are the channel's identity: keep them on",
                          e->labels);
    }
    return tb_db_exec(db, err, sql_switch, "ititi", id, e->name, (int64_t)on, by, tb_now());
}

enum tb_status tb_channel_offer(struct tb_db *db, int64_t id, const struct tb_entity *e,
                                bool is_offered, const char *reason, struct tb_err *err)
{
    return tb_db_exec(db, err, sql_offer, "itit", id, e->name, (int64_t)is_offered, reason);
}

bool tb_channel_any_has(struct tb_db *db, const struct tb_entity *e)
{
    struct tb_err ignored = TB_ERR_INIT;
    int64_t one = 0;

    return tb_db_int(db, &one, &ignored, sql_any_has, "t", e->name) == TB_OK;
}

enum tb_status tb_channel_save_facts(struct tb_db *db, const struct tb_channel *c,
                                     struct tb_err *err)
{
    return tb_db_exec(db, err, sql_facts, "iiittttiiit", c->id, (int64_t)c->is_wsi,
                      (int64_t)c->has_bridge, c->namespace, c->bridge_version, c->store_version,
                      c->edition, (int64_t)c->customer_scope, c->clock_offset_s, tb_now(),
                      c->admin_url);
}

enum tb_status tb_channel_websites(struct tb_db *db, struct tb_arena *a, int64_t id,
                                   struct tb_channel_website **out, size_t *count,
                                   struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = false;
    enum tb_status status =
        tb_db_query(db, &st, err, sql_websites, "ii", id, (int64_t)WEBSITES_MAX);

    *count = 0;
    *out = tb_arena_alloc(a, WEBSITES_MAX * sizeof **out);
    while (status == TB_OK && *count < WEBSITES_MAX) {
        status = tb_step(st, &row, err);
        if (status != TB_OK || !row) {
            break;
        }
        (*out)[(*count)++] = (struct tb_channel_website){.origin_id = tb_col_int(st, 0),
                                                         .label = tb_col_copy(a, st, 1)};
    }
    tb_stmt_done(st);
    return status;
}

enum tb_status tb_channel_websites_save(struct tb_db *db, int64_t id, const int64_t *origin_ids,
                                        const char *const *labels, size_t count, struct tb_err *err)
{
    enum tb_status status =
        tb_db_exec(db, err, "DELETE FROM channel_websites WHERE channel_id = ?1", "i", id);

    for (size_t i = 0; status == TB_OK && i < count; i++) {
        status = tb_db_exec(db, err,
                            "INSERT INTO channel_websites (channel_id, origin_id, label)"
                            " VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                            "iit", id, origin_ids[i], labels[i]);
    }
    return status;
}

enum tb_status tb_channel_mark_deleted(struct tb_db *db, int64_t id, struct tb_err *err)
{
    return tb_db_exec(db, err,
                      "UPDATE channels SET deleted_at = ?2, status = 'inactive',"
                      " api_key_sealed = NULL, basic_password_sealed = NULL"
                      " WHERE id = ?1 AND deleted_at IS NULL",
                      "ii", id, tb_now());
}
