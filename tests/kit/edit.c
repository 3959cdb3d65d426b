/* Makes the changes that a person makes on the pages, for tests of the push: edit CONFIG WHAT ...
 *
 *   update ENTITY ID FIELD=VALUE...      ID: the store's, or #N for ours
 *   create customer 0 FIELD=VALUE...     create customer_address CUSTOMER FIELD=VALUE...
 *   delete ADDRESS                       subscribe SUBSCRIBER STATUS
 *   subscribe-customer CUSTOMER STATUS   order ORDER OP [COMMENT [notify]]
 *   approve|drop|retry|revert PUSH       set PUSH FIELD [VALUE]       choose PUSH FIELD SIDE
 *   rule ENTITY FIELD RULE|-
 *
 * password=... is no field but the password. Prints "PUSH RECORD"; errors as the programs do. */
#include "base/conf.h"
#include "base/dec.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "crm/outbox.h"
#include "crm/seal.h"
#include "crm/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct edit {
    struct tb_db *db;
    struct tb_arena *arena;
    struct tb_channel channel;
    struct tb_actor by;
    const char *password_sealed;
    int64_t push_id;
    int64_t record_id;
    char **args; /* after the command; ends with NULL */
    struct tb_err err;
};

static const char *arg(const struct edit *e, int n)
{
    for (int i = 0; i <= n; i++) {
        if (!e->args[i]) {
            fprintf(stderr, "argument %d is missing\n", n + 1);
            exit(64);
        }
    }
    return e->args[n];
}

static int64_t number(const char *text)
{
    int64_t n = 0;

    if (!tb_int_parse(text, &n)) {
        fprintf(stderr, "no number: %s\n", text);
        exit(64);
    }
    return n;
}

static int64_t local_id(struct edit *e, const struct tb_entity *entity, const char *text)
{
    const char *sql = tb_arena_printf(
        e->arena, "SELECT id FROM %s WHERE channel_id = ?1 AND origin_id = ?2", entity->table);
    int64_t id = 0;

    if (text[0] == '#') {
        return number(text + 1);
    }
    tb_db_int(e->db, &id, &e->err, sql, "ii", e->channel.id, number(text));
    return id;
}

static void take(struct edit *e, struct tb_record *r, const char *text)
{
    size_t len = strcspn(text, "=");
    const char *name = tb_arena_strndup(e->arena, text, len);
    const char *value = text[len] ? text + len + 1 : "";
    int i = tb_field_index(r->entity, name);
    bool was_repaired = false;

    if (tb_streq(name, "password")) {
        tb_seal(e->db, e->arena, &e->channel, TB_SEAL_CUSTOMER, value, &e->password_sealed,
                &e->err);
        return;
    }
    if (i < 0) {
        fprintf(stderr, "no field: %s\n", name);
        exit(64);
    }
    tb_value_parse(e->arena, &r->entity->fields[i], value, &r->values[i], &was_repaired, &e->err);
    r->carried[i] = true;
}

static const struct tb_entity *entity_of(const struct edit *e, int n)
{
    const struct tb_entity *entity = tb_entity_find(arg(e, n));

    if (!entity) {
        fprintf(stderr, "no entity: %s\n", arg(e, n));
        exit(64);
    }
    return entity;
}

static void do_update(struct edit *e)
{
    const struct tb_entity *entity = entity_of(e, 0);
    struct tb_record *r = tb_record_new(e->arena, entity);

    e->record_id = local_id(e, entity, arg(e, 1));
    for (int i = 2; e->args[i]; i++) {
        take(e, r, e->args[i]);
    }
    tb_outbox_update(e->db, e->arena, &e->channel, e->record_id, r, e->password_sealed, &e->by,
                     &e->push_id, &e->err);
}

static void do_create(struct edit *e)
{
    const struct tb_entity *entity = entity_of(e, 0);
    struct tb_record *r = tb_record_new(e->arena, entity);
    int64_t root = entity == &tb_customer ? 0 : local_id(e, &tb_customer, arg(e, 1));

    for (int i = 2; e->args[i]; i++) {
        take(e, r, e->args[i]);
    }
    tb_outbox_create(e->db, e->arena, &e->channel, root, r, e->password_sealed, &e->by,
                     &e->record_id, &e->push_id, &e->err);
}

static void do_delete(struct edit *e)
{
    tb_outbox_delete_address(e->db, &e->channel, local_id(e, &tb_customer_address, arg(e, 0)),
                             &e->by, &e->push_id, &e->err);
}

static void do_subscribe(struct edit *e)
{
    tb_outbox_subscribe(e->db, e->arena, &e->channel, local_id(e, &tb_subscriber, arg(e, 0)),
                        number(arg(e, 1)), &e->by, &e->push_id, &e->err);
}

static void do_subscribe_customer(struct edit *e)
{
    tb_outbox_subscribe_customer(e->db, e->arena, &e->channel, local_id(e, &tb_customer, arg(e, 0)),
                                 number(arg(e, 1)), &e->by, &e->push_id, &e->err);
}

static void do_order(struct edit *e)
{
    static const char *const ops[] = {"comment", "hold", "unhold", "cancel"};
    int op = 0;

    while (op < 3 && !tb_streq(ops[op], arg(e, 1))) {
        op++;
    }
    tb_outbox_order(e->db, e->arena, &e->channel, local_id(e, &tb_order, arg(e, 0)),
                    TB_PUSH_COMMENT + (enum tb_push_op)op, op == 0 ? arg(e, 2) : NULL,
                    op == 0 && tb_streq(e->args[3], "notify"), &e->by, &e->push_id, &e->err);
}

static void do_approve(struct edit *e)
{
    tb_outbox_approve(e->db, number(arg(e, 0)), &e->by, &e->err);
}

static void do_drop(struct edit *e)
{
    tb_outbox_drop(e->db, number(arg(e, 0)), &e->by, &e->err);
}

static void do_retry(struct edit *e)
{
    tb_outbox_retry(e->db, number(arg(e, 0)), &e->by, &e->err);
}

static void do_revert(struct edit *e)
{
    tb_outbox_revert(e->db, e->arena, number(arg(e, 0)), &e->by, &e->push_id, &e->err);
}

static void do_set(struct edit *e)
{
    tb_outbox_edit(e->db, e->arena, number(arg(e, 0)), arg(e, 1), e->args[2], &e->by, &e->err);
}

static void do_choose(struct edit *e)
{
    const struct tb_push_choice choice = {arg(e, 1), arg(e, 2)};

    tb_outbox_choose(e->db, number(arg(e, 0)), &choice, 1, &e->by, &e->err);
}

static void do_rule(struct edit *e)
{
    const struct tb_entity *entity = entity_of(e, 0);
    const char *rule = arg(e, 2);

    tb_push_rule_set(e->db, e->channel.id, entity, tb_field_find(entity, arg(e, 1)),
                     tb_streq(rule, "-") ? NULL : rule, &e->err);
}

/* Another address and user, with the key entered anew: connect URL USER KEY; "-": as it is. */
static void do_connect(struct edit *e)
{
    struct tb_channel *c = &e->channel;

    c->url = tb_streq(arg(e, 0), "-") ? c->url : arg(e, 0);
    c->api_user = tb_streq(arg(e, 1), "-") ? c->api_user : arg(e, 1);
    if (tb_seal(e->db, e->arena, c, TB_SEAL_API_KEY, arg(e, 2), &c->api_key_sealed, &e->err) ==
        TB_OK) {
        tb_channel_save(e->db, c, &e->err);
    }
}

/* A secret as versions before 14 sealed it: seal-unbound SECRET. */
static void do_seal_unbound(struct edit *e)
{
    const char *public_key = NULL;
    char *sealed = NULL;

    if (tb_setting_get(e->db, e->arena, TB_SETTING_SEAL_PUBLIC, &public_key, &e->err) == TB_OK &&
        tb_secret_seal(e->arena, public_key, arg(e, 0), &sealed, &e->err) == TB_OK) {
        puts(sealed);
        exit(0);
    }
}

static const struct {
    const char *name;
    void (*run)(struct edit *e);
} commands[] = {
    {"update", do_update},
    {"create", do_create},
    {"delete", do_delete},
    {"subscribe", do_subscribe},
    {"order", do_order},
    {"subscribe-customer", do_subscribe_customer},
    {"approve", do_approve},
    {"drop", do_drop},
    {"retry", do_retry},
    {"revert", do_revert},
    {"set", do_set},
    {"choose", do_choose},
    {"rule", do_rule},
    {"connect", do_connect},
    {"seal-unbound", do_seal_unbound},
};

static int run(struct edit *e, const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (tb_streq(commands[i].name, name)) {
            commands[i].run(e);
            if (e->err.code != TB_OK) {
                fprintf(stderr, "%s\n", e->err.text);
                return 2;
            }
            printf("%lld %lld\n", (long long)e->push_id, (long long)e->record_id);
            return 0;
        }
    }
    fprintf(stderr, "no such change: %s\n", name);
    return 64;
}

int main(int argc, char **argv)
{
    struct edit e = {.arena = tb_arena_new(16 * 1024 * 1024),
                     .by = {.user_id = 1, .name = "Ann"},
                     .args = argc > 3 ? argv + 3 : argv + argc,
                     .err = TB_ERR_INIT};
    struct tb_conf *conf = NULL;
    int rc = 2;

    if (argc < 3) {
        fputs("usage: edit CONFIG WHAT ...\n", stderr);
        rc = 64;
    } else if (tb_secret_init(&e.err) != TB_OK || tb_conf_load(&conf, argv[1], &e.err) != TB_OK ||
               tb_db_open(&e.db, tb_conf_text(conf, "database"), TB_DB_READ_WRITE, &e.err) !=
                   TB_OK ||
               tb_channel_find(e.db, e.arena, "shop", &e.channel, &e.err) != TB_OK) {
        fprintf(stderr, "%s\n", e.err.text);
    } else {
        rc = run(&e, argv[2]);
    }
    tb_db_close(e.db);
    tb_conf_free(conf);
    tb_arena_free(e.arena);
    return rc;
}
