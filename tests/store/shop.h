/* The running store: settings, the clock, sessions, and the overlay of rows that were changed
 * since the start. A changed row is kept whole in the overlay and hides the made-up one. */
#ifndef RS_SHOP_H
#define RS_SHOP_H

#include <pthread.h>
#include <stdio.h>

#include "gen.h"
#include "shape.h"

struct rs_settings {
    bool wsi, bridge, openmage, attributes;
    bool any_session;
    bool both_operators; /* a store that obeys all operators of a field */
    int64_t fixed_now;   /* 0: the real clock */
    bool ticking;        /* a set clock that goes on */
    int64_t set_at;      /* when it was set, on the real clock */
    int64_t clock_skew;
    int64_t pace_us[RS_ENTITIES];      /* a record of a list */
    int64_t pace_core_us[RS_ENTITIES]; /* a bare row of the core's list; 0: as above */
    int64_t pace_info_us, pace_request_us;
    int64_t capacity;
    int64_t shuffle;  /* 0: core lists in their own odd order, paged ones in id order */
    int64_t disorder; /* pages are cut from another order than that of ids */
    char deny[512];   /* ",op,op," forbidden to user `limited` */
};

struct rs_entry {
    enum rs_entity entity;
    uint32_t id;
    struct rs_arena arena;
    struct rs_row *row; /* NULL: deleted */
    struct rs_cheap cheap;
};

struct rs_overlay {
    struct rs_entry **slots; /* open addressing, power of two */
    size_t cap, n;
    uint8_t *touched[RS_ENTITIES]; /* one bit per id: has an entry */
    uint32_t bits[RS_ENTITIES];
    uint32_t next[RS_ENTITIES]; /* the id that the next new row gets */
    uint32_t next_address;
    uint32_t next_note, next_item;
};

struct rs_session {
    char id[33];
    int64_t used;
    int user; /* index into the known users, 0 is the full one */
    bool open;
};

enum { RS_SESSIONS = 4096 };

struct rs_options {
    char listen[64];
    char user[64], key[128];
    char basic[128];
    char state[512];
    char tls_cert[512], tls_key[512];
};

struct rs_shop {
    struct rs_options opt;
    struct rs_world world;
    struct rs_shapes shapes;
    struct rs_settings now, start; /* as set, and as at the start */
    struct rs_overlay overlay;
    pthread_rwlock_t lock;     /* settings, overlay */
    pthread_mutex_t edit_lock; /* held from reading a row to putting the changed one back */
    struct rs_session *sessions;
    uint64_t session_seed;
    pthread_mutex_t session_lock;
    struct rs_faults *faults;
    struct rs_stats *stats;
    FILE *log;
    pthread_mutex_t log_lock;
};

void rs_shop_open(struct rs_shop *shop);
void rs_shop_close(struct rs_shop *shop);
/* A copy of the settings, taken under the lock. */
struct rs_settings rs_shop_settings(struct rs_shop *shop);
int64_t rs_real_now(void);
/* The store's clock. */
int64_t rs_shop_now(struct rs_shop *shop);

/* The row as it is now in the caller's arena, or NULL when it does not exist. */
struct rs_row *rs_shop_row(struct rs_shop *shop, enum rs_entity e, uint32_t id, struct rs_arena *a);
bool rs_shop_cheap(struct rs_shop *shop, enum rs_entity e, uint32_t id, struct rs_cheap *c);
/* The same for a caller that holds the lock, to walk many ids. */
bool rs_shop_cheap_locked(struct rs_shop *shop, enum rs_entity e, uint32_t id, struct rs_cheap *c);
/* Ids run from 1 to this. */
uint32_t rs_shop_last(struct rs_shop *shop, enum rs_entity e);
/* Keeps the row (copied) or, for NULL, its absence; and frees what was kept before. */
void rs_shop_put(struct rs_shop *shop, enum rs_entity e, uint32_t id, struct rs_row *row);
uint32_t rs_shop_new_id(struct rs_shop *shop, enum rs_entity e);
uint32_t rs_shop_new_address(struct rs_shop *shop);
uint32_t rs_shop_new_note(struct rs_shop *shop);
uint32_t rs_shop_new_item(struct rs_shop *shop);
/* The customer that an address belongs to, 0 = none. */
uint32_t rs_shop_address_owner(struct rs_shop *shop, uint32_t address);
/* All changes undone. */
void rs_shop_reset(struct rs_shop *shop);

/* The state file: the overlay as JSON lines of our own. False: could not be read or written. */
bool rs_state_save(struct rs_shop *shop);
bool rs_state_load(struct rs_shop *shop);

/* Sessions. */
enum rs_user { RS_USER_FULL, RS_USER_LIMITED };
void rs_session_new(struct rs_shop *shop, int user, char id[33]);
/* Renews it; -1 when unknown or expired, else the user. */
int rs_session_use(struct rs_shop *shop, const char *id);
bool rs_session_end(struct rs_shop *shop, const char *id);
int rs_session_count(struct rs_shop *shop);

#endif
