/* Languages: see lang.h. gettext keeps its choice per process and follows LANGUAGE only when told
 * that it changed (_nl_msg_cat_cntr, as its manual describes); a worker answers one request at a
 * time, so that is enough. C.UTF-8 keeps numbers and sorting independent of the language. */
#include "base/lang.h"

#include <libintl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "tollbook"
#define LANGUAGE_MAX 8

extern int _nl_msg_cat_cntr; /* glibc's; no header declares it */

/* English has no catalogue, and gettext takes its time to find that out anew for each text. */
static bool is_source = true;

void tb_lang_init(const char *locale_dir)
{
    setlocale(LC_ALL, "C.UTF-8");
    bindtextdomain(DOMAIN, locale_dir);
    bind_textdomain_codeset(DOMAIN, "UTF-8");
    textdomain(DOMAIN);
    tb_lang_use("en");
}

/* "de" or "pt_BR"; gettext makes a path of it. */
static bool is_language(const char *s)
{
    size_t small = strspn(s, "abcdefghijklmnopqrstuvwxyz");

    if (small < 2 || small > 3) {
        return false;
    }
    s += small;
    return !*s || (*s == '_' && strspn(s + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2 && !s[3]);
}

void tb_lang_use(const char *language)
{
    static char current[LANGUAGE_MAX];

    if (!language || !is_language(language)) {
        language = "en";
    }
    is_source = strcmp(language, "en") == 0;
    if (strcmp(current, language) == 0) {
        return;
    }
    memcpy(current, language, strlen(language) + 1);
    setenv("LANGUAGE", language, 1);
    _nl_msg_cat_cntr++;
}

const char *tb_lang_text(const char *msgid)
{
    return is_source || !*msgid ? msgid : gettext(msgid); /* gettext("") is the catalogue's head */
}

const char *tb_plural(const char *one, const char *many, unsigned long n)
{
    return is_source ? (n == 1 ? one : many) : ngettext(one, many, n);
}
