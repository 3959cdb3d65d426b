/* What upsert.c, history.c and extras.c share: a writer and its prepared statements. */
#ifndef TB_ENTITY_WRITER_H
#define TB_ENTITY_WRITER_H

#include "entity/guard.h"
#include "entity/upsert.h"

#define TB_ENTITY_COUNT 17
#define TB_LINKS_MAX 8

struct tb_plan {
    struct tb_stmt *select_one;
    struct tb_stmt *select_children;
    struct tb_stmt *insert;
    struct tb_stmt *update;
    struct tb_stmt *touch;
    struct tb_stmt *waits[TB_LINKS_MAX]; /* are there rows of others that wait for one of these? */
    struct tb_stmt *links[TB_LINKS_MAX]; /* links them */
    size_t link_count;
    bool is_ready;
};

struct tb_writer {
    struct tb_db *db; /* borrowed */
    int64_t channel_id;
    int64_t run_id;
    int64_t user_id;
    int64_t now;
    bool store_wins;
    tb_difference_fn *compare; /* NULL: it writes */
    void *compare_ctx;
    const struct tb_entity *quiet; /* of this record ... */
    int64_t quiet_id;              /* ... there is no history; 0: of all there is */
    int64_t fresh_id;             /* this customer's row was made by us: it is as good as new ... */
    bool fresh_is_told;           /* ... and that the store has it now is worth a change */
    const struct tb_guard *guard; /* borrowed; NULL: nothing waits */
    enum { TB_UNREAD_NOT_ASKED, TB_UNREAD_NONE, TB_UNREAD_SOME } unread; /* of the channel */
    struct tb_arena *scratch;                                            /* for one record */
    struct tb_plan plans[TB_ENTITY_COUNT];
};

/* A stored row as the upsert compares it. */
struct tb_row {
    int64_t id;
    int64_t run_id;
    struct tb_value *values; /* entity->field_count; only written fields are filled */
};

enum tb_status tb_row_plan(struct tb_writer *w, const struct tb_entity *e, struct tb_plan **out,
                           struct tb_err *err);
/* st: a row of select_one or select_children; values from the scratch arena. */
void tb_row_read(struct tb_writer *w, const struct tb_entity *e, const struct tb_stmt *st,
                 struct tb_row *row);
/* parent_id: 0 for what is no child. */
enum tb_status tb_row_insert(struct tb_writer *w, struct tb_plan *p, const struct tb_record *r,
                             int64_t parent_id, const struct tb_value *values, int64_t *id,
                             struct tb_err *err);
enum tb_status tb_row_update(struct tb_writer *w, struct tb_plan *p, const struct tb_record *r,
                             int64_t id, const struct tb_value *values, struct tb_err *err);
enum tb_status tb_row_touch(struct tb_writer *w, struct tb_plan *p, int64_t id, struct tb_err *err);
/* Rows of other entities that name this origin id and had nobody to point to. */
enum tb_status tb_row_link_waiting(struct tb_writer *w, struct tb_plan *p, int64_t id,
                                   int64_t origin_id, struct tb_written *out, struct tb_err *err);

/* What the row shall be: carried fields as the answer has them, others as they are stored; folded
 * fields made anew. stored NULL: a new row. */
struct tb_value *tb_row_merge(struct tb_writer *w, const struct tb_record *r,
                              const struct tb_row *stored);
bool tb_row_differs(const struct tb_entity *e, const struct tb_value *a, const struct tb_value *b);

/* The children that the answer carried, against those that are stored. */
enum tb_status tb_children_store(struct tb_writer *w, const struct tb_record *r, int64_t parent_id,
                                 bool parent_is_new, bool *changed, struct tb_err *err);

/* Whose page shows a change, and of which record it is. */
struct tb_change {
    const struct tb_entity *entity;
    int64_t record_id;
    int64_t origin_id;
    const struct tb_entity *root;
    int64_t root_id;
    const char *action; /* "changed", "added", "removed" */
};

/* Finds or makes the change's row for this run and gives its id. */
enum tb_status tb_history_change(struct tb_writer *w, const struct tb_change *c, int64_t *id,
                                 struct tb_err *err);
enum tb_status tb_history_field(struct tb_writer *w, int64_t change_id, const char *field,
                                const char *old_value, const char *new_value, struct tb_err *err);
/* While comparing: a child that one side lacks, a value beyond the table. */
void tb_history_tell(struct tb_writer *w, const struct tb_change *c, const char *field,
                     const char *store, const char *here);
/* A child that came or went, with its values: all of one that went, of one that came its line. */
enum tb_status tb_history_whole(struct tb_writer *w, const struct tb_change *c,
                                const struct tb_value *values, struct tb_err *err);
/* Deletes a child's row with what hangs on it; c: "removed". */
enum tb_status tb_row_remove(struct tb_writer *w, const struct tb_change *c,
                             const struct tb_value *values, struct tb_err *err);
/* The fields in which two rows differ. */
enum tb_status tb_history_diff(struct tb_writer *w, const struct tb_change *c,
                               const struct tb_value *was, const struct tb_value *is,
                               struct tb_err *err);

/* Stores what the answer carried beyond the table. *changed is set when something differed; then
 * and only then history is written (not for a new record). */
enum tb_status tb_extras_store(struct tb_writer *w, const struct tb_record *r,
                               const struct tb_change *c, bool is_new, bool *changed,
                               struct tb_err *err);

/* Keeps the texts of values that could not be read, and forgets those of fields that came well. */
enum tb_status tb_unread_store(struct tb_writer *w, const struct tb_record *r,
                               const struct tb_change *c, struct tb_err *err);
enum tb_status tb_unread_forget(struct tb_writer *w, const struct tb_entity *e, int64_t id,
                                struct tb_err *err);

#endif
