/* SQL functions of ours. There is one: fold(text), what texts are compared and searched by
 * (tb_text_fold), which no engine has built in. */
#include "db/internal.h"

#include "base/mem.h"
#include "base/text.h"

#define FOLD_BYTES_MAX (64 * 1024) /* a longer text is compared by its beginning */

static void fold(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    struct tb_arena *a = sqlite3_user_data(ctx);
    const char *text = (const char *)sqlite3_value_text(argv[0]);
    const char *folded;

    (void)argc;
    if (!text) {
        return;
    }
    tb_arena_reset(a);
    folded = tb_text_fold(a, tb_arena_strndup(a, text, strnlen(text, FOLD_BYTES_MAX)));
    if (folded) {
        sqlite3_result_text(ctx, folded, -1, SQLITE_TRANSIENT);
    }
}

static void free_arena(void *a)
{
    tb_arena_free(a);
}

enum tb_status tb_db_functions(struct tb_db *db, struct tb_err *err)
{
    /* a letter becomes at most three bytes more; the destructor also runs when this fails */
    int rc = sqlite3_create_function_v2(
        db->handle, "fold", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
        tb_arena_new(8 * FOLD_BYTES_MAX), fold, NULL, NULL, free_arena);

    return rc == SQLITE_OK ? TB_OK : tb_db_fail(db, rc, "Database not opened", err);
}
