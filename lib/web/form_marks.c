/* What a person saw of a record that a form edits. Each field is drawn with a mark of its value;
 * what comes back as it was drawn was not changed by them, and writing it would undo what somebody
 * else, or the store, has changed since. */
#include "web/form.h"

#include "base/lang.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "web/page.h"
#include "web/request.h"

#include <stdio.h>
#include <string.h>

#define INPUT "seen" /* the hidden input with all marks: "firstname=1f2e3d4c5b6a lastname=..." */

/* Browsers send line ends of their own, and none at all from a field of one line. */
static void mark_of(const struct tb_form *f, size_t i, char out[TB_FORM_MARK])
{
    bool is_lines = f->fields[i].kind == TB_FORM_LINES;
    char *text = tb_arena_strdup(f->arena, f->values[i].text);
    char digest[TB_TOKEN_HEX];

    if (f->fields[i].kind == TB_FORM_FLAG) {
        text = f->values[i].number != 0 ? "1" : "0";
    } else {
        tb_text_drop(text, is_lines ? "\r" : "\r\n");
        text = tb_trim(text);
    }
    tb_digest(text, digest);
    snprintf(out, TB_FORM_MARK, "%.*s", TB_FORM_MARK - 1, digest);
}

static bool has_mark(const struct tb_form *f, size_t i)
{
    return f->fields[i].kind != TB_FORM_SECRET && !f->values[i].is_left_out;
}

void tb_form_mark(struct tb_form *f)
{
    f->is_marked = true;
    for (size_t i = 0; i < f->count; i++) {
        mark_of(f, i, f->values[i].mark);
    }
}

/* The mark that came back; false: none, or none that we could have drawn. */
static bool find_mark(const char *seen, const char *name, char out[TB_FORM_MARK])
{
    size_t len = strlen(name);

    for (const char *at = seen; at != NULL && *at != '\0'; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (word == len + TB_FORM_MARK && at[len] == '=' && strncmp(at, name, len) == 0) {
            snprintf(out, TB_FORM_MARK, "%.*s", TB_FORM_MARK - 1, at + len + 1);
            return true;
        }
        at += word;
    }
    return false;
}

static const char *words_of(const struct tb_form *f, size_t i)
{
    const struct tb_form_option *o = f->values[i].options;

    if (f->fields[i].kind == TB_FORM_FLAG) {
        return f->values[i].number != 0 ? _("yes") : _("no");
    }
    while (o != NULL && o->value != NULL && strcmp(o->value, f->values[i].text) != 0) {
        o++;
    }
    if (o != NULL && o->value != NULL) {
        return o->label;
    }
    return f->values[i].text[0] != '\0' ? f->values[i].text : _("nothing");
}

static void refuse_overtaken(struct tb_form *f, const struct tb_form *now, size_t i)
{
    tb_form_fail(f, f->fields[i].name,
                 tb_arena_printf(f->arena,
                                 _("%s not saved: somebody has changed it since, to \"%s\": save "
                                   "once more to replace that."),
                                 _(f->fields[i].label), words_of(now, i)));
}

/* One that they write. The field has the mark that it was drawn with. */
static void check_overtaken(struct tb_form *f, const struct tb_form *now, size_t i)
{
    const char *is = now->values[i].mark;
    char typed[TB_FORM_MARK];

    mark_of(f, i, typed);
    if (!now->values[i].is_left_out && strcmp(f->values[i].mark, is) != 0 &&
        strcmp(typed, is) != 0) {
        refuse_overtaken(f, now, i);
        memcpy(f->values[i].mark, is, TB_FORM_MARK);
    }
}

/* It was drawn with a value that is no option any more, since somebody has chosen another one. */
static void follow(struct tb_form *f, const struct tb_form *now, size_t i)
{
    f->values[i].text = now->values[i].text;
    memcpy(f->values[i].mark, now->values[i].mark, TB_FORM_MARK);
    f->values[i].error = NULL;
    f->has_error = f->error != NULL;
    for (size_t k = 0; k < f->count; k++) {
        f->has_error = f->has_error || f->values[k].error != NULL;
    }
}

static void compare(struct tb_form *f, const struct tb_form *now, size_t i)
{
    char typed[TB_FORM_MARK];

    mark_of(f, i, typed);
    f->values[i].is_untouched = strcmp(typed, f->values[i].mark) == 0;
    if (!f->values[i].is_untouched) {
        check_overtaken(f, now, i);
    } else if (f->fields[i].kind == TB_FORM_CHOICE && f->values[i].error != NULL) {
        follow(f, now, i);
    }
}

void tb_form_compare(struct tb_form *f, const struct tb_form *now, const struct tb_req *rq)
{
    const char *seen = tb_req_form(rq, INPUT);

    f->is_marked = now != NULL ? now->is_marked : seen != NULL;
    for (size_t i = 0; f->is_marked && i < f->count; i++) {
        bool is_drawn = has_mark(f, i) && find_mark(seen, f->fields[i].name, f->values[i].mark);

        if (is_drawn && now != NULL) {
            compare(f, now, i);
        } else if (!is_drawn && now != NULL) {
            memcpy(f->values[i].mark, now->values[i].mark, TB_FORM_MARK);
        } else if (!is_drawn) {
            mark_of(f, i, f->values[i].mark);
        }
    }
}

void tb_form_touch(struct tb_form *f, const struct tb_form *now, const char *name)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->values[i].is_untouched && strcmp(f->fields[i].name, name) == 0) {
            f->values[i].is_untouched = false;
            check_overtaken(f, now, i);
        }
    }
}

void tb_form_fill_marks(const struct tb_form *f, struct tb_data *d)
{
    const char *seen = "";

    for (size_t i = 0; f->is_marked && i < f->count; i++) {
        if (has_mark(f, i)) {
            seen = tb_arena_printf(f->arena, "%s%s%s=%s", seen, seen[0] != '\0' ? " " : "",
                                   f->fields[i].name, f->values[i].mark);
        }
    }
    tb_data_set(d, "Seen", seen);
}
