/* Errors: one mechanism for the whole program.
 *
 * What can fail returns enum tb_status and takes struct tb_err *err last (never NULL). The first
 * cause stays: tb_err_set() on an err that is already set keeps the old text and appends the new
 * one to the detail. The text is safe to show to a person ("what: why: what to do"); the detail
 * goes to the log only.
 */
#ifndef TB_BASE_ERR_H
#define TB_BASE_ERR_H

enum tb_status {
    TB_OK = 0,
    TB_E_INPUT,    /* what a person, a file or a browser gave is not acceptable */
    TB_E_NOTFOUND, /* no such record */
    TB_E_DENIED,   /* not allowed: rights, a refused log-in, a refused address */
    TB_E_BUSY,     /* somebody else holds it: try again later */
    TB_E_MANY,     /* as many at once as may be: try again later */
    TB_E_DB,       /* the database failed */
    TB_E_FULL,     /* disk or database is full */
    TB_E_NEWER,    /* the database is newer than this program */
    TB_E_NET,      /* the store could not be reached or did not answer in time */
    TB_E_STORE,    /* the store answered, but not with what was asked for */
    TB_E_LIMIT,    /* one of our own bounds was reached (size, depth, time, count) */
    TB_E_IO,       /* a local file or process failed */
    TB_E_CONF,     /* the configuration is wrong */
    TB_E_STOP,     /* somebody asked us to stop */
    TB_E_BUG       /* cannot happen */
};

struct tb_err {
    enum tb_status code;
    char text[512];   /* for people */
    char detail[768]; /* for the log */
    const char *file; /* where it was first set: a literal */
    int line;
};

#define TB_ERR_INIT                                                                                \
    {                                                                                              \
        TB_OK, "", "", "", 0                                                                       \
    }

/* Sets code and text and returns code, so that callers write `return tb_err_set(...)`. */
#define tb_err_set(err, code, ...) tb_err_set_at((err), (code), __FILE__, __LINE__, __VA_ARGS__)

enum tb_status tb_err_set_at(struct tb_err *err, enum tb_status code, const char *file, int line,
                             const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Appends to the detail; use it for what must not be shown (an SQL text, a library's message). */
void tb_err_detail(struct tb_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void tb_err_clear(struct tb_err *err);

/* "busy", "network", ...: a short constant word for logs and machine-readable output. */
const char *tb_status_word(enum tb_status code);

#endif
