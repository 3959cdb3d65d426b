/* How a store is spoken to: one interface; Magento 1 over SOAP now, Magento 2 over REST later.
 *
 * A struct tb_store is one conversation with one channel's store: it logs in when needed, asks
 * several questions at once, retries what can pass, keeps to the channel's limits, and hands over
 * finished pages of records one at a time. It knows no database. Nothing here blocks but
 * tb_store_poll() and the calls that say so.
 *
 * What a question does not say it leaves to the store: rows of a window come whole, sorted by
 * origin id (ascending; subscribers descending when paged).
 */
#ifndef TB_MAGENTO_STORE_H
#define TB_MAGENTO_STORE_H

#include "base/err.h"
#include "entity/record.h"
#include "net/http.h"

struct tb_store;
struct tb_page;
struct tb_arena;

struct tb_store_conf {
    struct tb_http_conf http;
    const char *path; /* of the endpoint or WSDL, as the person gave it */
    const char *user;
    const char *key;          /* in clear; copied, wiped at close */
    int wsi;                  /* -1: as the WSDL says; 0, 1: overrides it */
    const char *websites;     /* NULL: all; else the website's origin id as text */
    int parallel;             /* requests on the wire at once, at most: 1 to 16 */
    bool is_adaptive;         /* fewer of them while more gain nothing, or the store is strained */
    int requests_per_second;  /* 0: no cap */
    size_t record_max;        /* bytes in memory of an answer that cannot be asked for in parts */
    const volatile int *stop; /* not 0: what waits for an answer gives up; NULL: nobody asks */
    int list_timeout_s, call_timeout_s, login_timeout_s;
    int retries;                      /* of what can pass */
    int retry_first_ms, retry_max_ms; /* back-off doubles with jitter; Retry-After is honoured */
};

/* What a store can do, told from its WSDL and its ping. */
struct tb_store_facts {
    bool is_wsi;
    char namespace[64]; /* "urn:Magento" */
    bool has_bridge;
    char bridge_version[32]; /* "" unknown */
    char store_version[32];  /* "1.9.4.5" */
    char edition[32];
    char admin_url[256];
    int customer_scope;     /* 1: accounts per website, 0: global, -1: unknown */
    int64_t clock_offset_s; /* store minus ours */
    bool has_clock;         /* the answers carry a Date header */
};

/* What the store has answered so far, for run rows and status. */
struct tb_store_stats {
    int64_t calls, retries, logins;
    int64_t busy_ms; /* sum of the answer times: the store's seconds */
    int64_t wire_bytes, body_bytes;
    int64_t last_ms; /* answer time of the last call */
    int last_status;
    int pace;               /* requests that may be on the wire at once now */
    char last_request[160]; /* "oroOrderList, ids 4001 to 4500, page size 100" */
    int64_t last_at;        /* seconds UTC */
};

#define TB_DATE_USABLE                                                                             \
    ((int64_t)2 * 24 * 3600)      /* 1970-01-01, in any zone, is a zero that was read */
#define TB_ID_MAX (INT64_MAX - 1) /* of origin ids: one more than it can still be asked for */

enum tb_store_wait { TB_STORE_NORMAL, TB_STORE_RETRYING, TB_STORE_PACED };

/* One question. Entities: website, store, customer_group, region, customer, cart, order,
 * credit_memo, subscriber (children come along). All bounds are inclusive; 0 leaves one out. */
struct tb_query {
    const struct tb_entity *entity;
    int64_t id_from, id_to;           /* a closed window of origin ids */
    int64_t id_above;                 /* or: ids above it (with the filters below) */
    int64_t created_from, created_to; /* seconds UTC */
    int64_t updated_from, updated_to; /* subscribers: change_status_at */
    /* Rows that are asked for, but not handed over: what a filter of the store's would leave out
     * unseen is counted by the page. A row without a usable date of creation is never left out. */
    int64_t since;      /* those created before; seconds UTC, 0: none */
    bool elsewhere;     /* those of other websites than the channel's, or of none */
    const int64_t *ids; /* or exactly these (at most 100; copied) */
    size_t id_count;
    const char *email; /* customers and subscribers: only these; borrowed */
    int limit;         /* at most so many rows; 0: all that match */
    bool descending;   /* subscribers only: the highest ids first */
    bool ids_only;     /* the cheapest answer that has ids and times (probing) */
    bool once;         /* no retries: the caller is halving a window */
    bool anywhere;     /* of other websites than the channel's, too: is it there? */
    void *tag;         /* given back with the page */
};

/* url and credentials checked in the shape only; nothing is sent. */
enum tb_status tb_store_open(struct tb_store **out, const struct tb_store_conf *conf,
                             struct tb_err *err);
/* Ends the session (a short call of its own, failures ignored) and wipes the key. Takes NULL. */
void tb_store_close(struct tb_store *s);

/* Asks what tb_store_ask() will ask in a moment, so that the store works on it meanwhile; the
 * answer waits until then. Before tb_store_connect() it goes out with the calls of that. At most 16
 * wait; of what is not asked in the end the answer was for nothing. */
void tb_store_ask_ahead(struct tb_store *s, const struct tb_query *q);

/* Reads the WSDL, logs in, pings: blocks, with retries. After it facts are known. */
enum tb_status tb_store_connect(struct tb_store *s, struct tb_err *err);
const struct tb_store_facts *tb_store_facts(const struct tb_store *s);
const struct tb_store_stats *tb_store_stats(const struct tb_store *s);
int64_t tb_store_now(const struct tb_store *s); /* the store's clock, seconds UTC */

/* Can this store be asked for that entity? *why (borrowed) says what is missing when not. */
bool tb_store_offers(const struct tb_store *s, const struct tb_entity *entity, const char **why);
/* Do lists of this entity take a page size (bridge), or does a window come whole (core)? */
bool tb_store_pages(const struct tb_store *s, const struct tb_entity *entity);
/* Is there, beside the whole records, a list of bare rows that costs a tenth (the core's)? It is
 * asked for with ids_only and no limit, and gives a window whole. */
bool tb_store_has_bare(const struct tb_store *s, const struct tb_entity *entity);

/* Does the list of whole records lack some that the bare one has? The bridge's orders do: those
 * whose store view was deleted (they have none any more). */
bool tb_store_leaves_out(const struct tb_store *s, const struct tb_entity *entity);
/* enum tb_call: the calls that whole records of this entity are read from. */
unsigned tb_store_whole_calls(const struct tb_store *s, const struct tb_entity *entity);

/* What can be written to a store. */
enum tb_write_op {
    TB_WRITE_CUSTOMER_CREATE,
    TB_WRITE_CUSTOMER_UPDATE,
    TB_WRITE_ADDRESS_CREATE,
    TB_WRITE_ADDRESS_UPDATE,
    TB_WRITE_ADDRESS_DELETE,
    TB_WRITE_SUBSCRIBER_CREATE,
    TB_WRITE_SUBSCRIBER_UPDATE,
    TB_WRITE_COMMENT,
    TB_WRITE_HOLD,
    TB_WRITE_UNHOLD,
    TB_WRITE_CANCEL
};

struct tb_write {
    enum tb_write_op op;
    int64_t id;                     /* of what is changed; of an address's customer at creation */
    const struct tb_record *record; /* its carried fields are written; NULL in one clears it */
    const char *password;           /* of a customer, in clear; NULL: none */
    const char *number;             /* of an order */
    const char *status;             /* of an order, with a comment: the present one */
    const char *comment;
    bool is_notified;
};

/* How a write ended. */
enum tb_write_end {
    TB_WRITE_DONE,
    TB_WRITE_REFUSED, /* the store did nothing: its words say why, one a line */
    TB_WRITE_GONE,    /* it does not have what is to be changed */
    TB_WRITE_DENIED,  /* the API role lacks the right, which the words name */
    TB_WRITE_UNKNOWN, /* it may have been done: timed out, cut off, an unreadable answer */
    TB_WRITE_NOT_SENT /* nothing reached the store */
};

struct tb_written_remote {
    enum tb_write_end end;
    int64_t id; /* of what was created; 0: the answer had none */
    char words[800];
};

/* Does the store have the call? */
bool tb_store_writes(const struct tb_store *s, enum tb_write_op op);
/* Sends one write, once, and waits for its end: nothing repeats it, but for a store that had
 * forgotten the log-in and so did nothing. Copies of the password are wiped. */
enum tb_status tb_store_write(struct tb_store *s, const struct tb_write *w,
                              struct tb_written_remote *out, struct tb_err *err);

/* Queues a question; as many as `parallel` are worked on at once, the rest wait their turn. */
enum tb_status tb_store_ask(struct tb_store *s, const struct tb_query *q, struct tb_err *err);
int tb_store_waiting(const struct tb_store *s); /* questions asked and not yet handed over */

/* What it waits for while nothing is on the wire: for a screen that shows a run. */
enum tb_store_wait tb_store_state(const struct tb_store *s);

/* Waits at most wait_ms for an answer. *page NULL: none is finished yet; else the caller's. */
enum tb_status tb_store_poll(struct tb_store *s, int wait_ms, struct tb_page **page,
                             struct tb_err *err);

/* Asks one question past those and waits for its answer, whose error is err. */
enum tb_status tb_store_ask_now(struct tb_store *s, const struct tb_query *q, struct tb_page **page,
                                struct tb_err *err);

/* A page that failed for good still is a page: its error says why, and how far it may be halved. */
const struct tb_query *tb_page_query(const struct tb_page *p); /* with its own copy of ids */
const struct tb_err *tb_page_error(const struct tb_page *p);   /* code TB_OK: fine */
/* Asked for ids: those that did not come could not be looked for everywhere, and why. Their absence
 * is no proof then. Code TB_OK: everything was asked. */
const struct tb_err *tb_page_denied(const struct tb_page *p);
/* Would a smaller window perhaps pass? True for time-outs, 5xx, cut, broken or too large answers;
 * false for a refused log-in, a missing right, an address that cannot be reached, and for 503: in
 * maintenance each single record would look like the bad one. */
bool tb_page_can_halve(const struct tb_page *p);
/* What arrived, for the quarantine, after the list of secrets; "" when nothing readable did. */
const char *tb_page_answer_text(const struct tb_page *p, size_t *len);
size_t tb_page_count(const struct tb_page *p);
bool tb_page_is_full(const struct tb_page *p); /* as many rows as the limit: ask on */
/* It is full, and the next one begins behind its last id. False of a full one: its rows came in
 * another order, so that some may lie between them: only smaller windows tell. */
bool tb_page_leads_on(const struct tb_page *p);
/* Lowest and highest origin id of what the store gave; 0: no rows, or none whose id is readable. */
int64_t tb_page_first_id(const struct tb_page *p);
int64_t tb_page_last_id(const struct tb_page *p);
int64_t tb_page_id(const struct tb_page *p, size_t i); /* of row i; 0: it has none */
/* Between which ids row i lies when it has none; 0: open. */
void tb_page_span(const struct tb_page *p, size_t i, int64_t *from, int64_t *to);
/* What the store gave: with the rows that are left out. No row is handed over with a good page that
 * is empty; there may be one all the same while this is not 0. */
size_t tb_page_given(const struct tb_page *p);
size_t tb_page_unreadable(const struct tb_page *p); /* rows whose id cannot be read */
size_t tb_page_early(const struct tb_page *p);      /* left out as tb_query.since asks */
size_t tb_page_elsewhere(const struct tb_page *p);  /* left out as tb_query.elsewhere asks */
int64_t tb_page_ms(const struct tb_page *p);
int64_t tb_page_store_time(const struct tb_page *p); /* the store's clock when it answered */
/* Decodes row i into a new record. A value that cannot be read fails this record only: *out is
 * then NULL, *origin_id is set when it was readable. */
enum tb_status tb_page_record(const struct tb_page *p, size_t i, struct tb_arena *a,
                              struct tb_record **out, int64_t *origin_id, struct tb_err *err);
/* Row i as the store wrote it (after the list of secrets), at most max bytes; from the arena. */
const char *tb_page_row_text(const struct tb_page *p, size_t i, struct tb_arena *a, size_t max);
void tb_page_free(struct tb_page *p); /* takes NULL; before the store is closed */

/* The websites that a check, or connecting to one website only, has found, without the admin's. */
struct tb_website_choice {
    int64_t id;
    char code[64];
    char name[128];
    char stores[256]; /* names of its store views, with commas */
};
/* Borrowed until the store is closed; at most 64 are told. */
size_t tb_store_websites(const struct tb_store *s, const struct tb_website_choice **out);

/* The staged connection test. Each stage is reported once; a failed one ends it. */
struct tb_check_stage {
    const char *name;  /* constant: "address", "name", "connect", "tls", "http", "wsdl", "mode",
                          "login", "ping", "websites", "clock", "right:order", ... */
    const char *label; /* N_("Name resolves"), ... */
    bool is_ok;
    bool is_warning;   /* passed, but worth a word */
    char fact[160];    /* "203.0.113.40, 12 ms" */
    char problem[512]; /* what: why: what to do; "" when fine */
};
typedef void tb_check_fn(void *ctx, const struct tb_check_stage *stage);
/* entities: those whose right is probed, ends with NULL. Blocks; no retries. */
enum tb_status tb_store_check(struct tb_store *s, const struct tb_entity *const *entities,
                              tb_check_fn *on_stage, void *ctx, struct tb_err *err);

#endif
