/* Languages: GNU gettext behind one door. English is the source; N_() marks a literal in a table of
 * constants, _() looks it up, tb_plural() picks the plural form. */
#ifndef TB_BASE_LANG_H
#define TB_BASE_LANG_H

#define N_(s) s
#define _(s) tb_lang_text(s)

void tb_lang_init(const char *locale_dir); /* once per process */
/* "en" or one of the languages with a catalogue; anything else means "en". Per request. */
void tb_lang_use(const char *language);
const char *tb_lang_text(const char *msgid) __attribute__((format_arg(1)));
const char *tb_plural(const char *one, const char *many, unsigned long n)
    __attribute__((format_arg(1), format_arg(2)));

#endif
