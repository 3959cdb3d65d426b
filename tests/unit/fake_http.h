/* lib/net/http's functions played by a script, so that a store's ways are told without sockets:
 * answers are recordings or texts, failures come when asked for. Linked before the archive, these
 * functions take the place of the real ones. */
#ifndef TB_TESTS_UNIT_FAKE_HTTP_H
#define TB_TESTS_UNIT_FAKE_HTTP_H

#include "soap_kit.h"

#include "base/date.h"
#include "net/http.h"

#include <unistd.h>

#define FAKE_CALLS 64
#define FAKE_RULES 32
#define FAKE_DATE 1795459000 /* the store's clock in every answer */

/* What an operation ("WSDL" for the description) is answered with. */
struct fake_rule {
    const char *operation;
    const char *with;      /* only when the request holds this; NULL: any */
    int times;             /* 0: always */
    const char *recording; /* or */
    const char *text;
    int status; /* 0: 200 */
    enum tb_http_fail fail;
    size_t cut; /* only so many bytes arrive; 0: all */
    const char *location;
    int64_t retry_after_s;
};

struct fake_call {
    bool is_active;
    int number;
    char operation[64];
    char *body;
    tb_http_body_fn *on_body;
    tb_http_done_fn *on_done;
    void *ctx;
};

static struct {
    struct fake_rule rules[FAKE_RULES]; /* the first that fits counts */
    size_t rule_count;
    struct fake_call calls[FAKE_CALLS];
    int active;
    int most_active;
    int started;
    int refuse_starts;     /* so many requests are not taken at all */
    bool is_broken;        /* as libcurl without memory: the conversation is over */
    char last_body[20000]; /* of the last call but endSession */
    char log[4000];        /* operations in order, blanks between */
} fake;

static inline void fake_reset(void)
{
    memset(&fake, 0, sizeof(fake));
}

static inline void fake_answer(struct fake_rule rule)
{
    fake.rules[fake.rule_count++] = rule;
}

/* A rule that goes before the others. */
static inline void fake_first(struct fake_rule rule)
{
    memmove(fake.rules + 1, fake.rules, fake.rule_count * sizeof(rule));
    fake.rules[0] = rule;
    fake.rule_count++;
}

/* How often an operation was asked for. */
static inline int fake_count(const char *operation)
{
    char word[80] = "";
    int count = 0;

    snprintf(word, sizeof(word), " %s ", operation);
    for (const char *at = fake.log; (at = strstr(at, word)) != NULL; at++) {
        count++;
    }
    return count;
}

/* The rule that fits; used up ones do not. */
static struct fake_rule fake_take(const struct fake_call *c)
{
    struct fake_rule none = {.fail = TB_HTTP_CONNECT};

    for (size_t i = 0; i < fake.rule_count; i++) {
        struct fake_rule *r = &fake.rules[i];
        if (strcmp(r->operation, c->operation) == 0 && r->times >= 0 &&
            (r->with == NULL || strstr(c->body, r->with) != NULL)) {
            r->times = r->times == 1 ? -1 : r->times == 0 ? 0 : r->times - 1;
            return *r;
        }
    }
    print_message("no answer for %s\n", c->operation);
    return none;
}

static inline void fake_send(struct fake_call *c)
{
    struct fake_rule r = fake_take(c);
    struct tb_http_result result = {.fail = r.fail,
                                    .status = r.status == 0 ? 200 : r.status,
                                    .date = FAKE_DATE,
                                    .retry_after_s = r.retry_after_s > 0 ? r.retry_after_s : -1,
                                    .first_byte_ms = 1,
                                    .total_ms = 2};
    size_t len = r.text == NULL ? 0 : strlen(r.text);
    char *data = r.recording != NULL ? kit_recording(r.recording, &len) : NULL;
    const char *body = data != NULL ? data : r.text;

    if (r.fail != TB_HTTP_NAME && r.fail != TB_HTTP_CONNECT && r.fail != TB_HTTP_TLS) {
        result.sent_bytes = (int64_t)strlen(c->body);
    }
    snprintf(result.address, sizeof(result.address), "203.0.113.7");
    if (r.location != NULL) {
        snprintf(result.location, sizeof(result.location), "%s", r.location);
    }
    len = r.cut > 0 && r.cut < len ? r.cut : len;
    if (r.fail != TB_HTTP_FINE && r.cut == 0) {
        len = 0;
        result.status = 0;
        result.connect_ms = -1;
        result.first_byte_ms = -1;
    }
    for (size_t i = 0; i < len; i += 1000) {
        if (!c->on_body(c->ctx, body + i, len - i < 1000 ? len - i : 1000)) {
            result.fail = TB_HTTP_STOPPED;
            break;
        }
    }
    result.body_bytes = (int64_t)len;
    free(data);
    free(c->body);
    c->is_active = false;
    fake.active--;
    c->on_done(c->ctx, &result);
}

struct tb_http {
    int unused;
};

enum tb_status tb_http_open(struct tb_http **out, const struct tb_http_conf *conf,
                            struct tb_err *err)
{
    (void)conf;
    *out = tb_xcalloc(1, sizeof(**out));
    return err->code;
}

void tb_http_close(struct tb_http *h)
{
    for (size_t i = 0; i < FAKE_CALLS; i++) {
        if (fake.calls[i].is_active) {
            free(fake.calls[i].body);
            fake.calls[i].is_active = false;
        }
    }
    fake.active = 0;
    free(h);
}

static inline void fake_name(struct fake_call *c, const char *body)
{
    const char *at = body == NULL ? NULL : strstr(body, "Body><ns1:");

    snprintf(c->operation, sizeof(c->operation), "%.*s",
             at == NULL ? 4 : (int)strcspn(at + 10, ">"), at == NULL ? "WSDL" : at + 10);
    if (strstr(c->operation, "RequestParam") != NULL) {
        *strstr(c->operation, "RequestParam") = '\0';
    } else if (strstr(c->operation, "Param") != NULL) {
        *strstr(c->operation, "Param") = '\0';
    }
}

enum tb_status tb_http_start(struct tb_http *h, const struct tb_http_request *rq,
                             tb_http_body_fn *on_body, tb_http_done_fn *on_done, void *ctx,
                             struct tb_err *err)
{
    struct fake_call *c = fake.calls;
    size_t used = strlen(fake.log);

    (void)h;
    assert_true(rq->path[0] == '/' && rq->timeout_s > 0);
    if (fake.refuse_starts > 0) {
        fake.refuse_starts--;
        return tb_err_set(err, TB_E_BUG, "Request not sent: as asked for");
    }
    while (c->is_active) {
        c++;
    }
    *c = (struct fake_call){.is_active = true,
                            .number = fake.started++,
                            .on_body = on_body,
                            .on_done = on_done,
                            .ctx = ctx};
    c->body = tb_xstrdup(rq->body == NULL ? "" : rq->body);
    fake_name(c, rq->body);
    if (strcmp(c->operation, "endSession") != 0) {
        snprintf(fake.last_body, sizeof(fake.last_body), "%s", c->body);
    }
    snprintf(fake.log + used, sizeof(fake.log) - used, " %s ", c->operation);
    fake.active++;
    fake.most_active = fake.active > fake.most_active ? fake.active : fake.most_active;
    return err->code;
}

/* Answers the oldest call; without one it sleeps, as the real one does. */
enum tb_status tb_http_poll(struct tb_http *h, int wait_ms, struct tb_err *err)
{
    struct fake_call *oldest = NULL;

    (void)h;
    if (fake.is_broken) {
        return tb_err_set(err, TB_E_IO, "Store not contacted: as asked for");
    }
    for (size_t i = 0; i < FAKE_CALLS; i++) {
        struct fake_call *c = &fake.calls[i];
        if (c->is_active && (oldest == NULL || c->number < oldest->number)) {
            oldest = c;
        }
    }
    if (oldest != NULL) {
        fake_send(oldest);
    } else if (wait_ms > 0) {
        usleep((useconds_t)wait_ms * 1000);
    }
    return err->code;
}

#endif
