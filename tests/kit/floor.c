/* The least that a first load can cost: the store's answers parsed by nothing but a SAX parser, and
 * the rows that came of them inserted by nothing but prepared statements. The bench counts the
 * instructions of the two functions named below, and what Tollbook takes is told as a multiple.
 *
 * Nothing that a load leaves behind is left out: all tables (people, notes, cursors) with all of
 * their indexes and foreign keys, through the same settings of the engine, in the order in which
 * the rows came, each as it is in the end. What a load does on its way there is not in the floor:
 * looking for what is here already, linking rows to those that come after them, what a customer is
 * worth.
 *   floor parse FILE...       parse_all()
 *   floor insert FROM TO      insert_all(): all rows of the database FROM, into a new one
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/db.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_MAX ((size_t)1 << 30)
#define CHUNK 16384 /* as much as arrives at once */

struct file {
    char *data;
    size_t len;
};

struct value {
    char type; /* of typeof(): i, t, b or n */
    int64_t number;
    const char *text;
    size_t len;
};

struct row {
    struct row *next;
    struct value values[];
};

struct table {
    struct table *next;
    const char *insert;
    int columns;
    struct row *rows;
};

static const char sql_tables[] =
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    " AND name NOT LIKE 'sqlite_%'";
static const char sql_columns[] = "SELECT name FROM pragma_table_info(?1)";

static int fail(const struct tb_err *err)
{
    fprintf(stderr, "%s %s\n", err->text, err->detail);
    return 2;
}

static bool read_file(const char *path, struct file *f)
{
    FILE *in = fopen(path, "rb");

    if (!in) {
        return false;
    }
    fseek(in, 0, SEEK_END);
    f->len = (size_t)ftell(in);
    rewind(in);
    f->data = tb_xmalloc(f->len + 1);
    f->len = fread(f->data, 1, f->len, in);
    fclose(in);
    return true;
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attribute_count,
                     int defaulted_count, const xmlChar **attributes)
{
    (void)name, (void)prefix, (void)uri, (void)namespace_count, (void)namespaces;
    (void)attribute_count, (void)defaulted_count, (void)attributes;
    ++*(size_t *)ctx;
}

static void on_text(void *ctx, const xmlChar *text, int len)
{
    (void)text;
    *(size_t *)ctx += len > 0;
}

/* Gives the number of elements and texts, so that nothing is left out. */
__attribute__((noinline)) static size_t parse_all(const struct file *files, size_t count)
{
    size_t seen = 0;
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC, .startElementNs = on_start, .characters = on_text};

    for (size_t i = 0; i < count; i++) {
        xmlParserCtxtPtr ctxt = xmlCreatePushParserCtxt(&sax, &seen, NULL, 0, NULL);

        for (size_t at = 0; at < files[i].len; at += CHUNK) {
            size_t len = files[i].len - at < CHUNK ? files[i].len - at : CHUNK;

            xmlParseChunk(ctxt, files[i].data + at, (int)len, at + len == files[i].len);
        }
        xmlFreeParserCtxt(ctxt);
    }
    return seen;
}

static int parse(int count, char **paths)
{
    struct file *files = tb_xcalloc((size_t)count, sizeof *files);
    size_t bytes = 0;

    for (int i = 0; i < count; i++) {
        if (!read_file(paths[i], &files[i])) {
            fprintf(stderr, "%s: not read\n", paths[i]);
            return 2;
        }
        bytes += files[i].len;
    }
    printf("%zu bytes, %zu events\n", bytes, parse_all(files, (size_t)count));
    for (int i = 0; i < count; i++) {
        free(files[i].data);
    }
    free(files);
    return 0;
}

/* *select: the columns and their types; table->insert: as many parameters. */
static enum tb_status describe(struct tb_db *db, struct tb_arena *a, const char *name,
                               struct table *table, const char **select, struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    const char *columns = "";
    const char *names = "";
    const char *parameters = "";
    bool row = true;
    enum tb_status status = tb_db_query(db, &st, err, sql_columns, "t", name);

    while (status == TB_OK && (status = tb_step(st, &row, err)) == TB_OK && row) {
        const char *comma = table->columns++ ? ", " : "";
        const char *column = tb_col_text(st, 0);

        columns = tb_arena_printf(a, "%s%s\"%s\", typeof(\"%s\")", columns, comma, column, column);
        names = tb_arena_printf(a, "%s%s\"%s\"", names, comma, column);
        parameters = tb_arena_printf(a, "%s%s?", parameters, comma);
    }
    tb_stmt_done(st);
    *select = tb_arena_printf(a, "SELECT %s FROM \"%s\"", columns, name);
    table->insert = tb_arena_printf(a, "INSERT OR IGNORE INTO \"%s\" (%s) VALUES (%s)", name, names,
                                    parameters);
    return status;
}

static void keep_value(struct tb_arena *a, const struct tb_stmt *st, int column, struct value *v)
{
    v->type = tb_col_text(st, 2 * column + 1)[0];
    if (v->type == 'i') {
        v->number = tb_col_int(st, 2 * column);
    } else if (v->type != 'n') {
        v->len = tb_col_bytes(st, 2 * column);
        v->text = v->type == 'b' ? tb_col_blob(st, 2 * column) : tb_col_text(st, 2 * column);
        v->text = tb_arena_strndup(a, v->text, v->len);
    }
}

static enum tb_status read_table(struct tb_db *db, struct tb_arena *a, const char *name,
                                 struct table **tables, struct tb_err *err)
{
    struct table *table = tb_arena_alloc(a, sizeof *table);
    struct row **last = &table->rows;
    struct tb_stmt *st = NULL;
    const char *select = NULL;
    bool row = true;
    enum tb_status status = describe(db, a, name, table, &select, err);

    if (status == TB_OK) {
        status = tb_db_query(db, &st, err, select, "");
    }
    while (status == TB_OK && (status = tb_step(st, &row, err)) == TB_OK && row) {
        *last = tb_arena_alloc(a, sizeof **last + (size_t)table->columns * sizeof(struct value));
        for (int i = 0; i < table->columns; i++) {
            keep_value(a, st, i, &(*last)->values[i]);
        }
        last = &(*last)->next;
    }
    tb_stmt_done(st);
    table->next = *tables;
    *tables = table;
    return status;
}

static enum tb_status read_tables(struct tb_db *db, struct tb_arena *a, struct table **tables,
                                  struct tb_err *err)
{
    struct tb_stmt *st = NULL;
    bool row = true;
    enum tb_status status = tb_db_query(db, &st, err, sql_tables, "");

    while (status == TB_OK && (status = tb_step(st, &row, err)) == TB_OK && row) {
        status = read_table(db, a, tb_arena_strdup(a, tb_col_text(st, 0)), tables, err);
    }
    tb_stmt_done(st);
    return status;
}

static void bind(struct tb_stmt *st, int n, const struct value *v)
{
    if (v->type == 'i') {
        tb_bind_int(st, n, v->number);
    } else if (v->type == 'b') {
        tb_bind_blob(st, n, v->text, v->len);
    } else if (v->type != 'n') {
        tb_bind_kept(st, n, v->text);
    }
}

/* In one transaction; gives the number of rows. */
__attribute__((noinline)) static size_t insert_all(struct tb_db *db, const struct table *tables,
                                                   struct tb_err *err)
{
    size_t count = 0;
    bool row = false;
    enum tb_status status = tb_db_begin_write(db, err);

    if (status == TB_OK) {
        status = tb_db_exec(db, err, "PRAGMA defer_foreign_keys = ON", "");
    }
    for (; status == TB_OK && tables; tables = tables->next) {
        struct tb_stmt *st = NULL;

        status = tb_db_prepare(db, tables->insert, &st, err);
        for (struct row *r = tables->rows; status == TB_OK && r; r = r->next, count++) {
            for (int i = 0; i < tables->columns; i++) {
                bind(st, i + 1, &r->values[i]);
            }
            status = tb_step(st, &row, err);
            tb_stmt_reset(st);
        }
        tb_stmt_done(st);
    }
    if (status == TB_OK) {
        tb_db_commit(db, err);
    }
    return count;
}

static int insert(const char *from, const char *to)
{
    struct tb_arena *a = tb_arena_new(ARENA_MAX);
    struct tb_err err = TB_ERR_INIT;
    struct tb_db *source = NULL;
    struct tb_db *target = NULL;
    struct table *tables = NULL;
    int applied = 0;
    int rc = 0;

    if (tb_db_open(&source, from, TB_DB_READ_ONLY, &err) != TB_OK ||
        read_tables(source, a, &tables, &err) != TB_OK ||
        tb_db_open(&target, to, TB_DB_CREATE, &err) != TB_OK ||
        tb_db_upgrade(target, &applied, &err) != TB_OK) {
        rc = fail(&err);
    } else {
        printf("%zu rows\n", insert_all(target, tables, &err));
        rc = err.code == TB_OK ? 0 : fail(&err);
    }
    tb_db_close(source);
    tb_db_close(target);
    tb_arena_free(a);
    return rc;
}

int main(int argc, char **argv)
{
    if (argc > 2 && tb_streq(argv[1], "parse")) {
        return parse(argc - 2, argv + 2);
    }
    if (argc == 4 && tb_streq(argv[1], "insert")) {
        return insert(argv[2], argv[3]);
    }
    fputs("usage: floor parse FILE... | floor insert FROM TO\n", stderr);
    return 64;
}
