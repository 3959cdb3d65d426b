/* Channels: one store's connection, with its rules and the entities it loads.
 *
 * Keys and passwords are sealed before they come here (lib/base/secret); only the sync program can
 * open them. Rules that a form and the command line share are here, not in either. */
#ifndef TB_CRM_CHANNEL_H
#define TB_CRM_CHANNEL_H

#include "base/err.h"
#include "db/db.h"
#include "entity/field.h"

struct tb_arena;
struct tb_conf;

#define TB_CHANNEL_NAME_MAX 255
#define TB_CHANNEL_URL_MAX 255
#define TB_CHANNEL_ADMIN_MAX 1000
#define TB_START_DATE_DEFAULT "2007-01-01"
#define TB_RUN_ALIVE_S 60 /* a running run without a heartbeat for longer: its process is dead */

struct tb_channel {
    int64_t id;
    const char *name;
    const char *type;   /* "magento1", "magento2" */
    const char *status; /* "draft", "active", "inactive" */
    const char *url;
    const char *api_user;
    const char *api_key_sealed; /* NULL: none yet */
    const char *basic_user;     /* NULL: none */
    const char *basic_password_sealed;
    const char *ca_file;
    bool allow_http;
    int wsi;                   /* -1: as the WSDL says */
    int64_t website_origin_id; /* -1: all */
    const char *start_date;    /* YYYY-MM-DD */
    bool guest_sync;
    const char *shared_emails; /* one a line, folded; NULL: none */
    bool show_order_notes;
    int64_t owner_id;      /* 0: nobody; kept as it is until records have owners */
    const char *admin_url; /* NULL: not known */
    bool two_way;
    const char *priority;  /* "remote", "local" */
    const char *push_mode; /* "send", "approve" (a person lets each go), "dry" (nothing is sent) */
    int64_t sync_interval_minutes;
    int64_t parallel, requests_per_second, page_size;
    bool is_adaptive;       /* the pace follows the store's answer time */
    const char *quiet_from; /* "HH:MM" in the configured zone; NULL: no quiet hours */
    const char *quiet_to;
    const char *verify_at; /* "HH:MM"; NULL: no nightly check */
    int64_t verify_days;   /* the circle of deep checks closes in so many */
    bool verify_repairs;
    int64_t verify_calls, verify_seconds; /* a night, at most; 0: no bound */
    int64_t notice_minutes;               /* failing for so long: a mail; 0: none */
    int64_t load_paused_at;               /* 0: loading is not paused */
    const char *load_paused_by;
    int64_t fence;
    int64_t anchor_at; /* 0: never run */
    int64_t next_due_at, failures;
    const char *attention;
    int64_t last_good_at;
    int is_wsi;     /* -1: not known yet, as has_bridge */
    int has_bridge; /* what the store told of itself */
    const char *namespace, *bridge_version, *store_version, *edition;
    int customer_scope;
    int64_t clock_offset_s, facts_at;
    int64_t created_at, updated_at;
};

/* Entities a person can switch; dictionaries and children come along by themselves. */
extern const struct tb_entity *const tb_channel_choices[]; /* ends with NULL; [0] is always on */

struct tb_channel_entity {
    const struct tb_entity *entity;
    bool is_on;
    bool is_offered;
    const char *reason; /* why not offered */
    const char *changed_by;
    int64_t changed_at;
};

/* Texts belong to the arena. TB_E_NOTFOUND with a message for people. */
enum tb_status tb_channel_load(struct tb_db *db, struct tb_arena *a, int64_t id,
                               struct tb_channel *out, struct tb_err *err);
enum tb_status tb_channel_find(struct tb_db *db, struct tb_arena *a, const char *name_or_number,
                               struct tb_channel *out, struct tb_err *err);
/* All that are not deleted, by name. */
enum tb_status tb_channel_list(struct tb_db *db, struct tb_arena *a, struct tb_channel **out,
                               size_t *count, struct tb_err *err);

/* One problem of a setting: field is its column. */
struct tb_channel_problem {
    const char *field;
    char text[256];
};

/* Checks all settings of `c` (against `was` when an existing one is edited, else NULL), sets those
 * that follow from others (folded e-mail list), and returns how many problems were written. */
size_t tb_channel_validate(struct tb_db *db, struct tb_arena *a, struct tb_channel *c,
                           const struct tb_channel *was, struct tb_channel_problem *problems,
                           size_t max);
/* Does the change of address or CA file demand that the key is entered again? */
bool tb_channel_needs_key(const struct tb_channel *was, const struct tb_channel *is);

/* Where the store's admin shows the record; NULL: its address is unknown, or no page does. */
const char *tb_channel_admin_href(struct tb_arena *a, const struct tb_channel *c,
                                  const struct tb_entity *e, int64_t origin_id);

/* Settings of a channel that nobody has changed yet; name, address and key are missing. */
void tb_channel_defaults(const struct tb_conf *conf, struct tb_channel *c);
/* Inserts it with all its entities on but those in `without` (ends with NULL; NULL: none). */
enum tb_status tb_channel_create(struct tb_db *db, struct tb_channel *c,
                                 const struct tb_entity *const *without, const char *by,
                                 struct tb_err *err);
/* Inserts (id 0) or updates; c->id is set. Validate first. In a transaction of its own. */
enum tb_status tb_channel_save(struct tb_db *db, struct tb_channel *c, struct tb_err *err);
enum tb_status tb_channel_set_status(struct tb_db *db, int64_t id, const char *status,
                                     struct tb_err *err);

enum tb_status tb_channel_entities(struct tb_db *db, struct tb_arena *a, int64_t id,
                                   struct tb_channel_entity *out, size_t max, size_t *count,
                                   struct tb_err *err);
/* Switches one entity; taking one off deletes nothing. The first choice cannot be taken off. */
enum tb_status tb_channel_switch(struct tb_db *db, int64_t id, const struct tb_entity *e, bool on,
                                 const char *by, struct tb_err *err);
enum tb_status tb_channel_offer(struct tb_db *db, int64_t id, const struct tb_entity *e,
                                bool is_offered, const char *reason, struct tb_err *err);
/* Is the entity on in any active channel? Menus ask this. */
bool tb_channel_any_has(struct tb_db *db, const struct tb_entity *e);

/* What the store told of itself, after a good connection. */
enum tb_status tb_channel_save_facts(struct tb_db *db, const struct tb_channel *c,
                                     struct tb_err *err);
struct tb_channel_website {
    int64_t origin_id;
    const char *label; /* "Main website (English, Cymraeg)" */
};

/* What the last connection check found, by id. */
enum tb_status tb_channel_websites(struct tb_db *db, struct tb_arena *a, int64_t id,
                                   struct tb_channel_website **out, size_t *count,
                                   struct tb_err *err);
enum tb_status tb_channel_websites_save(struct tb_db *db, int64_t id, const int64_t *origin_ids,
                                        const char *const *labels, size_t count,
                                        struct tb_err *err);

/* Hides the channel at once; its rows are removed by a run of kind "delete" (lib/sync). */
enum tb_status tb_channel_mark_deleted(struct tb_db *db, int64_t id, struct tb_err *err);

#endif
