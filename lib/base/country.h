/* Names of countries by their code of two letters (ISO 3166-1), as stores send it. */
#ifndef TB_BASE_COUNTRY_H
#define TB_BASE_COUNTRY_H

/* In the reader's language; the code itself when it is none that is known. */
const char *tb_country_name(const char *code);

#endif
