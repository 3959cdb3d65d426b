/* SQL functions of ours, which no engine has built in: what texts are compared and searched by
 * (fold: tb_text_fold; and what a walk of millions of rows asks: holds(text, part), does the folded
 * text have the part, and folds_to(text, a, b, ...), is it one of those), sorted by (natural_key)
 * and what phone numbers are found by (phone_key); and capped_sum(number), a sum that ends at the
 * highest number there is, where the engine's own fails and takes the whole statement with it. */
#include "db/internal.h"

#include "base/mem.h"
#include "base/natural.h"
#include "base/phone.h"
#include "base/text.h"

#include <string.h>

#define TEXT_MAX (64 * 1024) /* a longer text is known by its beginning */
#define SHORT_MAX 2048

static const struct function {
    const char *name;
    char *(*of)(struct tb_arena *a, const char *text);
    bool (*is_made)(const char *text); /* the text is its own result; NULL: never */
} functions[] = {
    {"fold", tb_text_fold, tb_text_is_folded},
    {"natural_key", tb_natural_key, NULL},
    {"phone_key", tb_phone_key, NULL},
};

/* A function with the memory that it works in. */
struct call {
    const struct function *function;
    struct tb_arena *arena;
};

static void run(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    struct call *c = sqlite3_user_data(ctx);
    const char *text = (const char *)sqlite3_value_text(argv[0]);
    const char *made;

    (void)argc;
    if (!text) {
        return;
    }
    if (c->function->is_made && c->function->is_made(text) && strlen(text) < TEXT_MAX) {
        sqlite3_result_text(ctx, text, -1, SQLITE_TRANSIENT);
        return;
    }
    tb_arena_reset(c->arena);
    made = c->function->of(c->arena, tb_arena_strndup(c->arena, text, strnlen(text, TEXT_MAX)));
    if (made) {
        sqlite3_result_text(ctx, made, -1, SQLITE_TRANSIENT);
    }
}

/* Most texts are short, and are folded without asking for memory. NULL: nothing is left of it. */
static const char *folded_of(struct tb_arena *a, sqlite3_value *value, char *place, size_t size)
{
    const char *text = (const char *)sqlite3_value_text(value);

    if (!text) {
        return NULL;
    }
    if (tb_text_fold_to(text, strnlen(text, size), place, size)) {
        return *place ? place : NULL;
    }
    tb_arena_reset(a);
    return tb_text_fold(a, tb_arena_strndup(a, text, strnlen(text, TEXT_MAX)));
}

static void run_holds(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    char place[SHORT_MAX];
    const char *folded = folded_of(sqlite3_user_data(ctx), argv[0], place, sizeof place);
    const char *part = (const char *)sqlite3_value_text(argv[1]);

    (void)argc;
    if (folded && part) {
        sqlite3_result_int(ctx, strstr(folded, part) != NULL);
    }
}

static void run_folds_to(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    char place[SHORT_MAX];
    const char *folded = folded_of(sqlite3_user_data(ctx), argv[0], place, sizeof place);
    bool is_one = false;

    for (int i = 1; folded && i < argc && !is_one; i++) {
        is_one = tb_streq(folded, (const char *)sqlite3_value_text(argv[i]));
    }
    if (folded) {
        sqlite3_result_int(ctx, is_one);
    }
}

/* Wider than any sum of a table's rows. */
__extension__ typedef __int128 wide;

struct capped {
    wide sum;
    bool has_any;
};

static void capped_step(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    struct capped *c = sqlite3_aggregate_context(ctx, (int)sizeof *c);

    (void)argc;
    if (c && sqlite3_value_type(argv[0]) != SQLITE_NULL) {
        c->sum += sqlite3_value_int64(argv[0]);
        c->has_any = true;
    }
}

static void capped_final(sqlite3_context *ctx)
{
    const struct capped *c = sqlite3_aggregate_context(ctx, 0);

    if (c && c->has_any) {
        sqlite3_result_int64(ctx, c->sum > INT64_MAX   ? INT64_MAX
                                  : c->sum < INT64_MIN ? INT64_MIN
                                                       : (int64_t)c->sum);
    }
}

static void free_call(void *call)
{
    struct call *c = call;

    tb_arena_free(c->arena);
    free(c);
}

static void free_arena(void *arena)
{
    tb_arena_free(arena);
}

static int create(struct tb_db *db, const char *name, int argc,
                  void (*of)(sqlite3_context *, int, sqlite3_value **))
{
    return sqlite3_create_function_v2(db->handle, name, argc,
                                      SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                      tb_arena_new(8 * TEXT_MAX), of, NULL, NULL, free_arena);
}

enum tb_status tb_db_functions(struct tb_db *db, struct tb_err *err)
{
    int rc = SQLITE_OK;

    for (size_t i = 0; rc == SQLITE_OK && i < sizeof functions / sizeof functions[0]; i++) {
        struct call *c = tb_xcalloc(1, sizeof *c);

        /* a letter becomes at most three bytes more; the destructor also runs when this fails */
        *c = (struct call){&functions[i], tb_arena_new(8 * TEXT_MAX)};
        rc = sqlite3_create_function_v2(db->handle, functions[i].name, 1,
                                        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, c,
                                        run, NULL, NULL, free_call);
    }
    if (rc == SQLITE_OK) {
        rc = create(db, "holds", 2, run_holds);
    }
    if (rc == SQLITE_OK) {
        rc = create(db, "folds_to", -1, run_folds_to);
    }
    if (rc == SQLITE_OK) {
        rc = sqlite3_create_function_v2(db->handle, "capped_sum", 1,
                                        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
                                        NULL, capped_step, capped_final, NULL);
    }
    return rc == SQLITE_OK ? TB_OK : tb_db_fail(db, rc, "Database not opened", err);
}
