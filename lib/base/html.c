/* The readable text of an HTML page (text.h): for showing the start of an error page that a store
 * sent where an answer was due. It is not a parser and needs none: what it gets wrong is a few
 * words too many in a message. */
#include "base/text.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <string.h>
#include <strings.h>

struct reader {
    const char *at;
    const char *end;
};

static bool reads(const struct reader *r, const char *word)
{
    size_t len = strlen(word);

    return (size_t)(r->end - r->at) >= len && strncasecmp(r->at, word, len) == 0;
}

/* Moves behind the next `mark`, or to the end when there is none. */
static void skip_behind(struct reader *r, const char *mark)
{
    while (r->at < r->end && !reads(r, mark)) {
        r->at++;
    }
    if (r->at < r->end) {
        r->at += strlen(mark);
    }
}

/* At a `<`: skips the tag, and with it the inside of what is not text. */
static void skip_tag(struct reader *r)
{
    static const char *const SILENT[][2] = {
        {"<!--", "-->"},
        {"<script", "</script"},
        {"<style", "</style"},
        {"<template", "</template"},
    };

    for (size_t i = 0; i < sizeof(SILENT) / sizeof(SILENT[0]); i++) {
        if (reads(r, SILENT[i][0])) {
            skip_behind(r, SILENT[i][1]);
            if (i == 0) {
                return;
            }
            break;
        }
    }
    skip_behind(r, ">");
}

/* The character at r, an entity decoded. */
static char read_char(struct reader *r)
{
    static const struct {
        const char *name;
        char value;
    } ENTITIES[] = {
        {"&amp;", '&'},   {"&lt;", '<'},   {"&gt;", '>'},   {"&quot;", '"'},
        {"&apos;", '\''}, {"&#39;", '\''}, {"&nbsp;", ' '},
    };

    for (size_t i = 0; *r->at == '&' && i < sizeof(ENTITIES) / sizeof(ENTITIES[0]); i++) {
        if (reads(r, ENTITIES[i].name)) {
            r->at += strlen(ENTITIES[i].name);
            return ENTITIES[i].value;
        }
    }
    return *r->at++;
}

char *tb_html_text(struct tb_arena *a, const char *html, size_t len, size_t max)
{
    struct reader r = {html, html + len};
    char *out = tb_arena_alloc(a, (max < len ? max : len) + 1);
    size_t used = 0;
    bool gap = false;

    while (r.at < r.end && used < max) {
        char c = ' ';

        if (*r.at == '<') {
            skip_tag(&r);
        } else {
            c = read_char(&r);
        }
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            gap = used > 0;
            continue;
        }
        if (gap && used + 1 < max) {
            out[used++] = ' ';
        }
        out[used++] = c;
        gap = false;
    }
    return tb_text_repair(a, out, tb_utf8_whole(out, used), NULL);
}
