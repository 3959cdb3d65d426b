/* Misbehaviour on request: rules that say which answers go wrong, how and how often. */
#ifndef RS_FAULT_H
#define RS_FAULT_H

#include "call.h"

enum rs_fault_kind {
    /* Instead of the work. */
    RS_F_500,
    RS_F_503,
    RS_F_429,
    RS_F_404,
    RS_F_REDIRECT,
    RS_F_HTML,
    RS_F_DROP,
    RS_F_EMPTY,
    RS_F_GZIPBOMB,
    RS_F_FAULT,
    RS_F_WAIT, /* before the work, which is done however long it takes */
    RS_F_DELAY,
    /* After it. */
    RS_F_NOTICES,
    RS_F_CUT,
    RS_F_CUT_CLEAN,
    RS_F_SLOW,
    RS_F_UTF8,
    RS_F_DOCTYPE,
    RS_F_BOMB,
    RS_F_FAULT_HALF,
    RS_F_WRONG_HOST,
    RS_F_EXTRA_ROWS,
    RS_F_LATE,
    RS_F_BADVALUE,
    RS_F_NODATE,
    RS_F_DEEP,
    RS_F_LONGTEXT,
    RS_F_MULTIREF,
    RS_F_BEHIND,
    RS_F_WITHOUT,
    RS_F_BADID,
    RS_F_KINDS
};

enum { RS_RULES = 64 };

struct rs_rule {
    enum rs_fault_kind kind;
    char op[64]; /* empty: any call; "wsdl" for the description */
    uint32_t id; /* only when the answer holds this record */
    int64_t times, after, seen, done;
    double probability; /* 0 = always */
    uint64_t dice;
    int64_t bytes, ms, retry_after;
    char code[32], text[256];
};

struct rs_faults {
    pthread_mutex_t lock;
    struct rs_rule rules[RS_RULES];
    int n;
};

/* What happens to one answer. */
struct rs_mischief {
    bool on[RS_F_KINDS];
    struct rs_rule rule[RS_F_KINDS]; /* parameters of those that are on */
    int64_t delay_ms;
    bool any; /* anything that needs the whole answer in one buffer */
};

bool rs_fault_kind_find(const char *name, enum rs_fault_kind *kind);
const char *rs_fault_kind_name(enum rs_fault_kind kind);
void rs_faults_add(struct rs_faults *f, const struct rs_rule *rule);
void rs_faults_clear(struct rs_faults *f);
/* Rules that need no record, before the work; call may be NULL (the WSDL). */
void rs_faults_before(struct rs_faults *f, const char *op, struct rs_mischief *m);
/* The others, when it is known which records the answer holds. */
void rs_faults_after(struct rs_faults *f, struct rs_call *call, struct rs_mischief *m);
/* Spoils a record before it is written. */
void rs_mischief_row(const struct rs_mischief *m, struct rs_row *row, uint32_t id);
/* Adds records that were not asked for. */
void rs_mischief_rows(const struct rs_mischief *m, struct rs_call *call);
/* Changes the finished text. */
void rs_mischief_text(const struct rs_mischief *m, struct rs_buf *body);
/* A gzip body that decodes to more than 1 GiB. */
void rs_gzip_bomb(struct rs_buf *out);

#endif
