/* See fault.h. */
#include "fault.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const char *const kind_names[RS_F_KINDS] = {
    "500",        "503",      "429",      "404",     "redirect", "html",       "drop",
    "empty",      "gzipbomb", "fault",    "wait",    "delay",    "notices",    "cut",
    "cut_clean",  "slow",     "utf8",     "doctype", "bomb",     "fault_half", "wrong_host",
    "extra_rows", "late",     "badvalue", "nodate",  "deep",     "longtext",   "multiref",
    "behind",     "without",  "badid"};

bool rs_fault_kind_find(const char *name, enum rs_fault_kind *kind)
{
    for (int i = 0; i < RS_F_KINDS; i++) {
        if (strcmp(kind_names[i], name) == 0) {
            *kind = (enum rs_fault_kind)i;
            return true;
        }
    }
    return false;
}

const char *rs_fault_kind_name(enum rs_fault_kind kind)
{
    return kind_names[kind];
}

void rs_faults_add(struct rs_faults *f, const struct rs_rule *rule)
{
    (void)pthread_mutex_lock(&f->lock);
    if (f->n < RS_RULES) {
        f->rules[f->n++] = *rule;
    }
    (void)pthread_mutex_unlock(&f->lock);
}

void rs_faults_clear(struct rs_faults *f)
{
    (void)pthread_mutex_lock(&f->lock);
    f->n = 0;
    (void)pthread_mutex_unlock(&f->lock);
}

/* Counts the request and decides; callers hold the lock. */
static bool strikes(struct rs_rule *r)
{
    if (r->seen++ < r->after || (r->times > 0 && r->done >= r->times)) {
        return false;
    }
    if (r->probability > 0) {
        r->dice = r->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        if ((double)(r->dice >> 33) / 2147483648.0 >= r->probability) {
            return false;
        }
    }
    r->done++;
    return true;
}

static bool is_before(const struct rs_rule *r)
{
    return (r->kind <= RS_F_DELAY || r->kind == RS_F_WRONG_HOST) && r->id == 0;
}

/* No name means everything, `soap` everything but the description. */
static bool names_op(const struct rs_rule *r, const char *op)
{
    if (strcmp(r->op, "soap") == 0) {
        return strcmp(op, "wsdl") != 0;
    }
    return r->op[0] == '\0' || strcmp(r->op, op) == 0;
}

static void switch_on(struct rs_mischief *m, const struct rs_rule *r)
{
    m->on[r->kind] = true;
    m->rule[r->kind] = *r;
    if (r->kind == RS_F_DELAY) {
        m->delay_ms += r->ms;
    }
    if (r->kind != RS_F_WAIT && r->kind != RS_F_DELAY && r->kind != RS_F_LATE &&
        r->kind != RS_F_NODATE) {
        m->any = true;
    }
}

void rs_faults_before(struct rs_faults *f, const char *op, struct rs_mischief *m)
{
    (void)pthread_mutex_lock(&f->lock);
    for (int i = 0; i < f->n; i++) {
        struct rs_rule *r = &f->rules[i];
        bool wsdl = strcmp(op, "wsdl") == 0;
        bool only_wsdl = r->kind == RS_F_WRONG_HOST;

        /* The description has no records: all of its rules are decided here. */
        if (is_before(r) ? names_op(r, op) && (wsdl || !only_wsdl)
                         : wsdl && strcmp(r->op, op) == 0) {
            if (strikes(r)) {
                switch_on(m, r);
            }
        }
    }
    (void)pthread_mutex_unlock(&f->lock);
}

static bool holds(struct rs_call *call, uint32_t id)
{
    const struct rs_answer *an = &call->answer;

    if (id == 0 || call->subject == id) {
        return true;
    }
    for (size_t i = 0; an->kind == RS_ANSWER_LIST && an->ids != NULL && i < an->n; i++) {
        if (an->ids[i] == id) {
            return true;
        }
    }
    return false;
}

void rs_faults_after(struct rs_faults *f, struct rs_call *call, struct rs_mischief *m)
{
    (void)pthread_mutex_lock(&f->lock);
    for (int i = 0; i < f->n; i++) {
        struct rs_rule *r = &f->rules[i];

        if (!is_before(r) && names_op(r, call->op->name) && holds(call, r->id) && strikes(r)) {
            switch_on(m, r);
        }
    }
    (void)pthread_mutex_unlock(&f->lock);
}

static bool concerns(const struct rs_mischief *m, enum rs_fault_kind kind, uint32_t id)
{
    return m->on[kind] && (m->rule[kind].id == 0 || m->rule[kind].id == id);
}

static const char *text_column(struct rs_row *row)
{
    static const char *const names[] = {"customer_firstname", "firstname", "subscriber_email",
                                        "increment_id"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (rs_row_has(row, names[i])) {
            return names[i];
        }
    }
    return "name";
}

/* text: "column=value"; else an amount with a comma. */
static void set_bad_value(struct rs_row *row, const char *text)
{
    const char *equal = strchr(text, '=');

    if (equal == NULL) {
        rs_row_set(row, "grand_total", "1 299,00");
    } else {
        rs_row_set(row, rs_arena_fmt(row->arena, "%.*s", (int)(equal - text), text), equal + 1);
    }
}

/* As many ids from the rule's as its bytes say. */
static bool is_among(const struct rs_rule *r, uint32_t id)
{
    return id >= r->id && id - r->id < (r->bytes > 0 ? r->bytes : 1);
}

/* Without a text the row has no id at all. */
static void spoil_id(const struct rs_mischief *m, struct rs_row *row)
{
    static const char *const names[] = {"entity_id", "subscriber_id"};
    const char *text = m->rule[RS_F_BADID].text;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (rs_row_has(row, names[i])) {
            rs_row_set(row, names[i], text[0] != '\0' ? text : NULL);
        }
    }
}

void rs_mischief_row(const struct rs_mischief *m, struct rs_row *row, uint32_t id)
{
    if (m->on[RS_F_BADID] && (m->rule[RS_F_BADID].id == 0 || is_among(&m->rule[RS_F_BADID], id))) {
        spoil_id(m, row);
    }
    if (concerns(m, RS_F_BADVALUE, id)) {
        set_bad_value(row, m->rule[RS_F_BADVALUE].text);
    }
    if (concerns(m, RS_F_UTF8, id)) {
        const char *name = text_column(row);
        const char *value = rs_row_get(row, name);

        rs_row_set(row, name, rs_arena_fmt(row->arena, "%s\xff\xc3(", value ? value : ""));
    }
    if (concerns(m, RS_F_LONGTEXT, id)) {
        size_t n =
            (size_t)(m->rule[RS_F_LONGTEXT].bytes > 0 ? m->rule[RS_F_LONGTEXT].bytes : 1000000);
        char *text = rs_alloc(n + 1);

        memset(text, 'x', n);
        rs_row_set(row, text_column(row), text);
        free(text);
    }
}

void rs_mischief_rows(const struct rs_mischief *m, struct rs_call *call)
{
    struct rs_answer *an = &call->answer;
    int64_t want = m->rule[RS_F_EXTRA_ROWS].bytes > 0 ? m->rule[RS_F_EXTRA_ROWS].bytes : 3;
    uint32_t id = rs_shop_last(call->shop, an->entity);

    if (!m->on[RS_F_EXTRA_ROWS] || an->kind != RS_ANSWER_LIST || an->ids == NULL) {
        return;
    }
    an->ids = rs_grow(an->ids, (an->n + (size_t)want) * sizeof(*an->ids));
    for (; want > 0 && id > 0; id--) {
        struct rs_cheap c;
        bool there = false;

        for (size_t i = 0; i < an->n; i++) {
            there = there || an->ids[i] == id;
        }
        if (!there && rs_shop_cheap(call->shop, an->entity, id, &c)) {
            an->ids[an->n++] = id;
            want--;
        }
    }
}

/* Puts text in at a place of the body. */
static void insert(struct rs_buf *body, size_t at, const char *text)
{
    struct rs_buf b;

    rs_buf_init(&b, body->max);
    rs_buf_put(&b, body->p, at);
    rs_buf_str(&b, text);
    rs_buf_put(&b, body->p + at, body->n - at);
    rs_buf_free(body);
    *body = b;
}

static size_t find(const struct rs_buf *body, const char *what, size_t otherwise)
{
    const char *p = body->n > 0 ? strstr(body->p, what) : NULL;

    return p != NULL ? (size_t)(p - body->p) : otherwise;
}

static void add_deep(struct rs_buf *body)
{
    size_t at = find(body, "</ns1:", body->n);
    struct rs_buf b;

    rs_buf_init(&b, 65536);
    for (int i = 0; i < 500; i++) {
        rs_buf_str(&b, "<nested>");
    }
    for (int i = 0; i < 500; i++) {
        rs_buf_str(&b, "</nested>");
    }
    rs_buf_str(&b, "\n");
    insert(body, at, b.p);
    rs_buf_free(&b);
}

/* The first names become references whose targets come at the end of the body. */
static void make_multiref(struct rs_buf *body)
{
    static const char mark[] = "firstname xsi:type=\"xsd:string\">";
    struct rs_buf out;
    struct rs_buf targets;
    const char *p = body->p != NULL ? body->p : "";
    int n = 0;

    rs_buf_init(&out, body->max);
    rs_buf_init(&targets, body->max);
    for (const char *hit; (hit = strstr(p, mark)) != NULL;) {
        const char *name = hit;
        const char *value = hit + sizeof(mark) - 1;
        const char *end = strstr(value, "</");
        const char *after = end != NULL ? strchr(end, '>') : NULL;

        while (name[-1] != '<') {
            name--;
        }
        if (after == NULL) {
            break;
        }
        rs_buf_put(&out, p, (size_t)(name - p));
        rs_buf_put(&out, name, (size_t)(hit - name));
        rs_buf_fmt(&out, "firstname href=\"#ref%d\"/", ++n);
        rs_buf_fmt(&targets, "<multiRef id=\"ref%d\" xsi:type=\"xsd:string\">", n);
        rs_buf_put(&targets, value, (size_t)(end - value));
        rs_buf_str(&targets, "</multiRef>\n");
        p = after;
    }
    rs_buf_str(&out, p);
    rs_buf_free(body);
    *body = out;
    if (n > 0) {
        insert(body, find(body, "</SOAP-ENV:Body>", body->n), targets.p);
    }
    rs_buf_free(&targets);
}

/* Takes each element of that name out, with all that is in it. */
static void take_out(struct rs_buf *body, const char *name)
{
    char open[80];
    char close[80];
    size_t len = (size_t)snprintf(open, sizeof(open), "<%.60s", name);
    struct rs_buf out;
    const char *p = body->n > 0 ? body->p : "";

    (void)snprintf(close, sizeof(close), "</%.60s>", name);
    rs_buf_init(&out, body->max);
    for (const char *hit; (hit = strstr(p, open)) != NULL;) {
        const char *tag = strchr(hit, '>');
        const char *end = strstr(hit, close);

        if (tag == NULL || strchr(" />", hit[len]) == NULL) {
            rs_buf_put(&out, p, (size_t)(hit - p) + len);
            p = hit + len;
            continue;
        }
        rs_buf_put(&out, p, (size_t)(hit - p));
        p = tag[-1] == '/' || end == NULL ? tag + 1 : end + strlen(close);
    }
    rs_buf_str(&out, p);
    rs_buf_free(body);
    *body = out;
}

static void take_out_all(struct rs_buf *body, const char *names)
{
    char name[64];

    while (*names != '\0') {
        size_t len = strcspn(names, ",");

        (void)snprintf(name, sizeof(name), "%.*s", (int)len, names);
        take_out(body, name);
        names += len + (names[len] == ',');
    }
}

static void break_in_half(struct rs_buf *body, const char *text)
{
    size_t middle = body->n / 2;
    const char *p = strstr(body->p + middle, "</item>");

    if (p == NULL) {
        p = strstr(body->p + middle, "\n");
    }
    middle = p != NULL ? (size_t)(p - body->p) : middle;
    body->n = middle;
    if (strcmp(text, "soap") == 0) {
        rs_buf_str(body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SOAP-ENV:Envelope "
                         "xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\">"
                         "<SOAP-ENV:Body><SOAP-ENV:Fault><faultcode>SOAP-ENV:Server</faultcode>"
                         "<faultstring>Allowed memory size exhausted</faultstring>"
                         "</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>\n");
    } else {
        rs_buf_str(body, "<br />\n<b>Fatal error</b>:  Allowed memory size of 268435456 bytes "
                         "exhausted (tried to allocate 20480 bytes) in <b>app.php</b> on line "
                         "<b>53</b><br />\n");
    }
}

void rs_mischief_text(const struct rs_mischief *m, struct rs_buf *body)
{
    static const char doctype[] = "<!DOCTYPE Envelope [<!ENTITY shop \"made up\">]>\n";
    size_t head = find(body, "?>\n", 0);

    head += head > 0 ? 3 : 0;
    if (m->on[RS_F_DEEP]) {
        add_deep(body);
    }
    if (m->on[RS_F_MULTIREF]) {
        make_multiref(body);
    }
    if (m->on[RS_F_WITHOUT]) {
        take_out_all(body, m->rule[RS_F_WITHOUT].text);
    }
    if (m->on[RS_F_FAULT_HALF] && body->n > 0) {
        break_in_half(body, m->rule[RS_F_FAULT_HALF].text);
    }
    if (m->on[RS_F_BOMB]) {
        struct rs_buf b;

        rs_buf_init(&b, 8192);
        rs_buf_str(&b, "<!DOCTYPE Envelope [<!ENTITY e0 \"ha\">");
        for (int i = 1; i < 12; i++) {
            rs_buf_fmt(&b, "<!ENTITY e%d \"&e%d;&e%d;&e%d;&e%d;&e%d;&e%d;&e%d;&e%d;\">", i, i - 1,
                       i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
        }
        rs_buf_str(&b, "]>\n");
        insert(body, find(body, "</ns1:", body->n), "<bomb>&e11;</bomb>\n");
        insert(body, head, b.p);
        rs_buf_free(&b);
    }
    if (m->on[RS_F_DOCTYPE]) {
        insert(body, head, doctype);
    }
    if (m->on[RS_F_BEHIND]) {
        insert(body, body->n,
               "<br />\n<b>Warning</b>:  Unknown: Failed to write session data in <b>Unknown</b> "
               "on line <b>0</b><br />\n<!-- 0.312 s -->\n");
    }
    if (m->on[RS_F_NOTICES]) {
        insert(body, 0,
               "\xef\xbb\xbf<br />\n<b>Notice</b>:  Undefined index: website in "
               "<b>Observer.php</b> on line <b>87</b><br />\n");
    }
}

static void pack(z_stream *z, const char *data, size_t n, int flush, struct rs_buf *out)
{
    unsigned char packed[4096];

    z->next_in = (unsigned char *)(uintptr_t)data;
    z->avail_in = (unsigned)n;
    do {
        z->next_out = packed;
        z->avail_out = sizeof(packed);
        (void)deflate(z, flush);
        rs_buf_put(out, packed, sizeof(packed) - z->avail_out);
    } while (z->avail_out == 0);
}

/* It begins as an answer does, so that nobody stops reading for another reason. */
void rs_gzip_bomb(struct rs_buf *out)
{
    static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SOAP-ENV:Envelope "
                               "xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\">";
    static char filler[1 << 16];
    z_stream z;

    memset(&z, 0, sizeof(z));
    for (size_t i = 0; i < sizeof(filler); i += 4) {
        memcpy(filler + i, "<a/>", 4);
    }
    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return;
    }
    pack(&z, head, sizeof(head) - 1, Z_NO_FLUSH, out);
    /* 17,000 x 64 KiB is a little above 1 GiB. */
    for (int i = 0; i < 17000; i++) {
        pack(&z, filler, sizeof(filler), i == 16999 ? Z_FINISH : Z_NO_FLUSH, out);
    }
    (void)deflateEnd(&z);
}
