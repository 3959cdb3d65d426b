/* Names of countries by their code of two letters (ISO 3166-1), as stores send it. */
#ifndef TB_BASE_COUNTRY_H
#define TB_BASE_COUNTRY_H

#include <stddef.h>

/* In the reader's language, for "DE" as for "de"; the code itself when it is none that is known. */
const char *tb_country_name(const char *code);

/* The code of each of them, in the order of codes; NULL past the last. */
const char *tb_country_code(size_t n);

#endif
