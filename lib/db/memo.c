/* What was worked out from the database, remembered until something in it changes.
 *
 * Two numbers of the engine tell that nothing has: data_version moves with each commit of any other
 * handle, as of the snapshot that is being read, and total_changes with each row that this one
 * writes, also when it is taken back. When either has moved all is forgotten. */
#include "db/internal.h"

#include "base/mem.h"

#include <string.h>

#define KEY_MAX ((size_t)8 * 1024) /* of picked rows by their ids it may be longer */
#define DATA_MAX ((size_t)8 * 1024)

void tb_memo_forget(struct tb_db *db)
{
    struct tb_memos *m = &db->memos;

    for (size_t i = 0; i < TB_MEMO_MAX; i++) {
        free(m->entries[i].key);
        free(m->entries[i].data);
        m->entries[i] = (struct tb_memo_entry){.key = NULL};
    }
    m->ticket++;
}

static enum tb_status look_for_changes(struct tb_db *db, struct tb_err *err)
{
    struct tb_memos *m = &db->memos;
    int64_t own = sqlite3_total_changes64(db->handle);
    int64_t others = 0;
    enum tb_status status = tb_db_int(db, &others, err, "PRAGMA data_version", "");

    if (status == TB_OK && (m->ticket == 0 || m->own != own || m->others != others)) {
        tb_memo_forget(db);
        m->own = own;
        m->others = others;
    }
    return status;
}

/* What is read while something is being written may be taken back. */
static bool is_writing(const struct tb_db *db)
{
    return sqlite3_txn_state(db->handle, NULL) == SQLITE_TXN_WRITE;
}

enum tb_status tb_memo_find(struct tb_db *db, const char *key, struct tb_memo *out,
                            struct tb_err *err)
{
    struct tb_memos *m = &db->memos;
    enum tb_status status = TB_OK;

    *out = (struct tb_memo){.ticket = 0};
    if (is_writing(db) || strlen(key) > KEY_MAX) {
        return TB_OK;
    }
    status = look_for_changes(db, err);
    if (status != TB_OK) {
        return status;
    }
    out->ticket = m->ticket;
    for (size_t i = 0; i < TB_MEMO_MAX && !out->data; i++) {
        if (m->entries[i].key && strcmp(m->entries[i].key, key) == 0) {
            out->data = m->entries[i].data;
            out->size = m->entries[i].size;
        }
    }
    return TB_OK;
}

void tb_memo_keep(struct tb_db *db, const char *key, int64_t ticket, const void *data, size_t size)
{
    struct tb_memos *m = &db->memos;
    struct tb_memo_entry *e = &m->entries[m->next];

    if (ticket == 0 || ticket != m->ticket || size > DATA_MAX || is_writing(db)) {
        return;
    }
    m->next = (m->next + 1) % TB_MEMO_MAX;
    free(e->key);
    free(e->data);
    *e = (struct tb_memo_entry){tb_xstrdup(key), tb_xmalloc(size), size};
    memcpy(e->data, data, size);
}
