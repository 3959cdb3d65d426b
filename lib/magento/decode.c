/* Two passes over a row: its elements find their fields by name; then the fields with a path or
 * alternatives ("customer_email|billing_address/email") look for theirs. Elements that no field
 * wants become extras.
 *
 * What cannot be read costs itself only: the value is empty and a flaw of the record. An element
 * that should hold parts of the record and is not there says nothing about them; one that is there
 * and empty says that there are none. Real stores send it always. */
#include "magento/decode.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/text.h"

#define VALUE_MAX ((size_t)1000 * 1000) /* bytes of one value, below what the parser cuts at */
#define SLOTS 512 /* a power of two, above twice the names of the largest entity */
#define ENTITIES_MAX 24
#define JOINED_MAX ((size_t)16 * 1024) /* of a value that is a list */

enum wanted {
    WANTED_NOT = -1,    /* an extra */
    WANTED_INSIDE = -2, /* some of what it holds */
    WANTED_APART = -3   /* a child, or an alternative name */
};

struct slot {
    const char *name; /* not terminated: the table's path goes on */
    size_t len;
    int wanted; /* a field's index, or enum wanted */
};

struct index {
    const struct tb_entity *entity;
    struct slot slots[SLOTS];
    bool is_read[TB_FIELDS_MAX];   /* the store sends it, ... */
    bool is_simple[TB_FIELDS_MAX]; /* ... in an element of the row itself */
};

struct tb_decoder {
    struct index indexes[ENTITIES_MAX];
    size_t count;
};

struct decoding {
    const struct tb_decoder *decoder;
    struct tb_arena *arena;
    bool was_repaired;
    struct tb_err unread; /* of one value; here, since it is large and hardly ever needed */
};

/* Of the name's ends and length, in which nearly all differ: an order has some thousand elements.
 */
static size_t hash(const char *name, size_t len)
{
    uint64_t head = 0;
    uint64_t tail = 0;

    if (len >= sizeof(head)) {
        memcpy(&head, name, sizeof(head));
        memcpy(&tail, name + len - sizeof(tail), sizeof(tail));
    } else {
        memcpy(&head, name, len);
    }
    head = (head ^ len) * UINT64_C(0x9E3779B97F4A7C15) ^ tail;
    head *= UINT64_C(0xD6E8FEB86659FD93);
    return (size_t)(head >> 32) % SLOTS;
}

static struct slot *slot_of(const struct index *index, const char *name, size_t len)
{
    size_t i = hash(name, len);
    const struct slot *s = &index->slots[i];

    while (s->name != NULL && (s->len != len || memcmp(s->name, name, len) != 0)) {
        i = (i + 1) % SLOTS;
        s = &index->slots[i];
    }
    return (struct slot *)s;
}

/* The first wish for a name stays. */
static void want(struct index *index, const char *name, size_t len, int wanted)
{
    struct slot *s = slot_of(index, name, len);

    if (s->name == NULL) {
        *s = (struct slot){name, len, wanted};
    }
}

static bool is_simple(const struct tb_field *f)
{
    return strpbrk(f->m1, "/|") == NULL;
}

static bool is_read(const struct tb_field *f)
{
    return f->m1 != NULL && f->kind == TB_SYNCED;
}

/* Each alternative, and the element that it begins with. */
static void want_path(struct index *index, const char *path)
{
    while (*path != '\0') {
        size_t len = strcspn(path, "|");
        size_t first = strcspn(path, "/|");
        want(index, path, len, WANTED_APART);
        if (first < len) {
            want(index, path, first, WANTED_INSIDE);
        }
        path += len + (path[len] == '|');
    }
}

static void want_all(struct index *index, const char *names)
{
    while (names != NULL && *names != '\0') {
        size_t len = strcspn(names, ",");
        want(index, names, len, WANTED_APART);
        names += len + (names[len] == ',');
    }
}

/* Children before paths: what is inside of a child's element is not looked at twice. */
static void fill(struct index *index, const struct tb_entity *e)
{
    index->entity = e;
    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *f = &e->fields[i];
        index->is_read[i] = is_read(f);
        index->is_simple[i] = index->is_read[i] && is_simple(f);
        if (index->is_simple[i]) {
            want(index, f->m1, strlen(f->m1), (int)i);
        }
    }
    for (size_t i = 0; i < e->child_count; i++) {
        want_all(index, e->children[i].m1);
    }
    want_all(index, e->repeated);
    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *f = &e->fields[i];
        if (index->is_read[i] && !index->is_simple[i]) {
            want_path(index, f->m1);
        }
    }
}

struct tb_decoder *tb_decoder_new(void)
{
    struct tb_decoder *d = tb_xcalloc(1, sizeof(*d));

    while (tb_entities[d->count] != NULL && d->count < ENTITIES_MAX) {
        fill(&d->indexes[d->count], tb_entities[d->count]);
        d->count++;
    }
    return d;
}

void tb_decoder_free(struct tb_decoder *d)
{
    free(d);
}

static const char *text_of(struct tb_arena *a, const struct tb_node *n)
{
    struct tb_buf joined;
    const char *text = n->text;

    if (n->first != NULL) {
        tb_buf_init(&joined, JOINED_MAX);
        tb_node_join(&joined, n);
        text = tb_arena_strdup(a, tb_buf_str(&joined));
        tb_buf_free(&joined);
    }
    return text;
}

static bool has_replacement(const char *text)
{
    return strstr(text, "\xEF\xBF\xBD") != NULL;
}

static void set_value(struct decoding *d, struct tb_record *r, size_t field, const char *text)
{
    const struct tb_field *f = &r->entity->fields[field];

    if (*text == '\0') {
        return;
    }
    if (d->was_repaired && has_replacement(text)) {
        r->was_repaired = true;
    }
    if (strlen(text) > VALUE_MAX) {
        tb_record_flaw(d->arena, r, f, text,
                       tb_arena_printf(d->arena,
                                       _("%s not read: it is longer than %d KB: shorten it in the "
                                         "store"),
                                       f->label, (int)(VALUE_MAX / 1000)));
    } else if (tb_value_parse(d->arena, f, text, &r->values[field], &r->was_repaired, &d->unread) !=
               TB_OK) {
        tb_record_flaw(d->arena, r, f, text, d->unread.text);
        tb_err_clear(&d->unread);
    }
}

/* An element that should be there. Told once, however many look for it. */
static void miss(struct decoding *d, struct tb_record *r, const char *element)
{
    for (const struct tb_flaw *flaw = r->flaws; flaw != NULL; flaw = flaw->next) {
        if (flaw->field == NULL && strcmp(flaw->text, element) == 0) {
            return;
        }
    }
    tb_record_flaw(d->arena, r, NULL, element,
                   tb_arena_printf(d->arena,
                                   _("Answer lacks \"%s\": what is here of it is left as it is: "
                                     "check the extensions of the shop"),
                                   element));
}

/* Nil is no word about what there is, and neither is a text in the place of elements. */
static bool is_told(const struct tb_node *n)
{
    return n != NULL && !n->is_nil && (n->first != NULL || tb_is_blank(n->text));
}

/* Children repeat their parent's id, which their place tells already. */
static bool is_parent_id(const struct tb_record *r, const char *name)
{
    const struct tb_entity *parent = r->entity->parent;

    return strcmp(name, "parent_id") == 0 || strcmp(name, "payment/parent_id") == 0 ||
           (parent != NULL && tb_streq(name, parent->fields[0].m1));
}

static void add_extra(struct decoding *d, struct tb_record *r, const char *name, const char *text)
{
    struct tb_extra *x = NULL;

    if (is_parent_id(r, name)) {
        return;
    }
    x = tb_arena_alloc(d->arena, sizeof(*x));
    if (d->was_repaired && has_replacement(text)) {
        r->was_repaired = true;
    }
    x->name = tb_arena_strdup(d->arena, name);
    x->value = tb_is_blank(text) ? NULL : tb_arena_strdup(d->arena, text);
    x->next = r->extras;
    r->extras = x;
    r->has_extras = true;
}

static bool is_pair(const struct tb_node *n)
{
    return tb_node_child(n, "key") != NULL && tb_node_child(n, "value") != NULL;
}

static const struct index *index_of(const struct tb_decoder *d, const struct tb_entity *e)
{
    return &d->indexes[tb_entity_index(e)];
}

/* A field that this call cannot be relied on to carry, but did. */
static bool take_if_sent(struct decoding *d, struct tb_record *r, int field, const char *text)
{
    if (field < 0 || (r->entity->fields[field].flags & TB_IF_SENT) == 0) {
        return false;
    }
    if (!tb_is_blank(text)) {
        set_value(d, r, (size_t)field, text);
        r->carried[field] = true;
    }
    return true;
}

/* The bridge's "attributes": each column that the WSDL lacks, as key and value. */
static void add_attributes(struct decoding *d, struct tb_record *r, const struct tb_node *list)
{
    const struct index *index = index_of(d->decoder, r->entity);

    for (const struct tb_node *n = list->first; n != NULL; n = n->next) {
        const char *name = is_pair(n) ? tb_node_child(n, "key")->text : NULL;
        const struct slot *s = name != NULL ? slot_of(index, name, strlen(name)) : NULL;
        const char *text = name != NULL ? text_of(d->arena, tb_node_child(n, "value")) : NULL;

        if (name != NULL && !take_if_sent(d, r, s->name != NULL ? s->wanted : -1, text)) {
            add_extra(d, r, name, text);
        }
    }
}

/* Elements inside of one, such as payment, that no path of a field leads to. */
static void add_inside(struct decoding *d, struct tb_record *r, const struct tb_node *parent)
{
    const struct index *index = index_of(d->decoder, r->entity);
    char path[256] = "";

    for (const struct tb_node *n = parent->first; n != NULL; n = n->next) {
        snprintf(path, sizeof(path), "%s/%s", parent->name, n->name);
        if (slot_of(index, path, strlen(path))->name == NULL) {
            add_extra(d, r, path, text_of(d->arena, n));
        }
    }
}

/* better: the same record, which is asked for what it can carry (better_calls), and whose extras
 * come first. */
static void read_elements(struct decoding *d, struct tb_record *r, const struct tb_node *row,
                          unsigned calls, const struct tb_node *better, unsigned better_calls)
{
    const struct index *index = index_of(d->decoder, r->entity);

    for (const struct tb_node *n = row->first; n != NULL; n = n->next) {
        const struct slot *s = slot_of(index, n->name, strlen(n->name));
        int wanted = s->name == NULL ? WANTED_NOT : s->wanted;
        if (wanted >= 0) {
            unsigned can = r->entity->fields[wanted].calls;
            if ((can & calls) != 0 && (can & better_calls) == 0) {
                set_value(d, r, (size_t)wanted, text_of(d->arena, n));
            } else if ((can & (calls | better_calls)) == 0) {
                take_if_sent(d, r, wanted, text_of(d->arena, n));
            }
        } else if (strcmp(n->name, "attributes") == 0) {
            add_attributes(d, r, n);
        } else if (tb_node_child(better, n->name) != NULL) {
            continue;
        } else if (wanted == WANTED_INSIDE && n->first != NULL) {
            add_inside(d, r, n);
        } else if (wanted == WANTED_NOT) {
            add_extra(d, r, n->name, text_of(d->arena, n));
        }
    }
}

/* The first alternative that has a text. */
static const char *text_at(const struct tb_node *row, const char *paths)
{
    while (*paths != '\0') {
        size_t len = strcspn(paths, "|");
        const char *text = tb_node_textn(row, paths, len);
        if (!tb_is_blank(text)) {
            return text;
        }
        paths += len + (paths[len] == '|');
    }
    return "";
}

/* Do these calls carry the element at all? Children have calls of their own. */
static bool has_part(const struct tb_entity *e, const char *element, size_t len, unsigned calls)
{
    for (size_t i = 0; i < e->child_count; i++) {
        const char *at = e->children[i].m1;
        while (*at != '\0') {
            size_t name = strcspn(at, ",");
            if (name == len && memcmp(at, element, len) == 0) {
                return (e->children[i].calls & calls) != 0;
            }
            at += name + (at[name] == ',');
        }
    }
    return true;
}

/* A value that lies in a part of the record ("payment/method"), which the answer lacks: nothing is
 * known of it then. */
static bool lacks_part(struct decoding *d, struct tb_record *r, const struct tb_node *row,
                       const char *paths, unsigned calls)
{
    bool lacks_any = false;
    char part[64] = "";

    while (*paths != '\0') {
        size_t len = strcspn(paths, "|");
        size_t first = strcspn(paths, "/|");
        if (first < len && has_part(r->entity, paths, first, calls)) {
            snprintf(part, sizeof(part), "%.*s", (int)first, paths);
            if (!is_told(tb_node_child(row, part))) {
                miss(d, r, part);
                lacks_any = true;
            }
        }
        paths += len + (paths[len] == '|');
    }
    return lacks_any;
}

static void read_paths(struct decoding *d, struct tb_record *r, const struct tb_node *row,
                       unsigned calls, unsigned better_calls)
{
    const struct tb_entity *e = r->entity;
    const struct index *index = index_of(d->decoder, e);

    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *f = &e->fields[i];
        const char *text = NULL;
        if (!index->is_read[i] || (f->calls & calls) == 0 || (f->calls & better_calls) != 0) {
            continue;
        }
        if (index->is_simple[i]) {
            r->carried[i] = true;
            continue;
        }
        text = text_at(row, f->m1);
        r->carried[i] = *text != '\0' || !lacks_part(d, r, row, f->m1, calls);
        set_value(d, r, i, text);
    }
}

static struct tb_record *decode_row(struct decoding *d, const struct tb_entity *e,
                                    const struct tb_decode_from *from);

/* The member itself when it holds something, else the next one that does. */
static const struct tb_node *filled(const struct tb_node *n)
{
    while (n != NULL && n->first == NULL) {
        n = n->next;
    }
    return n;
}

/* Decodes the members of a list, or the one object that stands in its place, behind the children
 * that are there already. */
static void read_children(struct decoding *d, struct tb_record *r, size_t i,
                          const struct tb_node *list, size_t element, unsigned calls)
{
    bool is_list = list->first != NULL && tb_node_is_member(list->first);
    size_t position = element;
    size_t room = r->child_count[i] + (is_list ? tb_node_count(list) : 1);
    struct tb_record **all = NULL;

    if (list->first == NULL) {
        return;
    }
    all = tb_arena_alloc(d->arena, room * sizeof(struct tb_record *));
    for (size_t k = 0; k < r->child_count[i]; k++) {
        all[k] = r->children[i][k];
    }
    r->children[i] = all;
    for (const struct tb_node *n = filled(is_list ? list->first : list); n != NULL;
         n = is_list ? filled(n->next) : NULL) {
        struct tb_decode_from from = {.list = n, .list_calls = calls};
        struct tb_record *child = decode_row(d, r->entity->children[i].entity, &from);
        child->position = position++;
        all[r->child_count[i]++] = child;
    }
}

static void read_child(struct decoding *d, struct tb_record *r, size_t i,
                       const struct tb_decode_from *from)
{
    const struct tb_child *c = &r->entity->children[i];
    bool is_in_info = from->info != NULL && (c->calls & from->info_calls) != 0;
    const struct tb_node *row = is_in_info ? from->info : from->list;
    unsigned calls = is_in_info ? from->info_calls : from->list_calls;
    const char *name = c->m1;
    char one[64] = "";

    if (i == 0 && from->children != NULL && is_told(from->children)) {
        r->child_told[i] = 1;
        r->child_carried[i] = true;
        read_children(d, r, i, from->children, 0, from->info_calls);
        return;
    }
    if (name == NULL || (c->calls & (calls | from->lacking_calls)) == 0) {
        return;
    }
    for (size_t element = 0; *name != '\0'; element++) {
        size_t len = strcspn(name, ",");
        const struct tb_node *list = NULL;
        snprintf(one, sizeof(one), "%.*s", (int)len, name);
        list = (c->calls & calls) != 0 ? tb_node_child(row, one) : NULL;
        if (is_told(list)) {
            r->child_told[i] |= 1U << element;
            read_children(d, r, i, list, element, calls);
        } else {
            miss(d, r, one);
        }
        name += len + (name[len] == ',');
    }
    r->child_carried[i] = r->child_told[i] != 0;
}

static int by_name(const void *a, const void *b)
{
    const struct tb_extra *const *x = a;
    const struct tb_extra *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

/* Sorted by name, each name once. */
static void sort_extras(struct decoding *d, struct tb_record *r)
{
    struct tb_extra **all = NULL;
    struct tb_extra **link = &r->extras;
    size_t count = 0;

    for (const struct tb_extra *x = r->extras; x != NULL; x = x->next) {
        count++;
    }
    if (count < 2) {
        return;
    }
    all = tb_arena_alloc(d->arena, count * sizeof(struct tb_extra *));
    count = 0;
    for (struct tb_extra *x = r->extras; x != NULL; x = x->next) {
        all[count++] = x;
    }
    qsort(all, count, sizeof(struct tb_extra *), by_name);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(all[i]->name, all[i - 1]->name) != 0) {
            *link = all[i];
            link = &all[i]->next;
        }
    }
    *link = NULL;
}

static struct tb_record *decode_row(struct decoding *d, const struct tb_entity *e,
                                    const struct tb_decode_from *from)
{
    struct tb_record *r = tb_record_new(d->arena, e);
    unsigned info_calls = from->info == NULL ? 0 : from->info_calls;

    read_elements(d, r, from->list, from->list_calls, from->info, info_calls);
    read_paths(d, r, from->list, from->list_calls, info_calls);
    if (from->info != NULL) {
        read_elements(d, r, from->info, info_calls, NULL, 0);
        read_paths(d, r, from->info, info_calls, 0);
    }
    for (size_t i = 0; i < e->child_count; i++) {
        read_child(d, r, i, from);
    }
    sort_extras(d, r);
    return r;
}

struct tb_record *tb_decode(const struct tb_decoder *d, struct tb_arena *a,
                            const struct tb_entity *entity, const struct tb_decode_from *from)
{
    struct decoding decoding = {d, a, from->was_repaired, TB_ERR_INIT};

    return decode_row(&decoding, entity, from);
}
