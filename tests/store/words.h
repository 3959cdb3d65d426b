/* The words that the made-up shop is built from. All of it is invented or common knowledge:
 * no name, address or e-mail belongs to anybody. */
#ifndef RS_WORDS_H
#define RS_WORDS_H

#include <stddef.h>

struct rs_name {
    const char *text;
    const char *slug; /* plain letters for e-mail addresses */
};

struct rs_place {
    const char *city;
    const char *country;
    const char *region;   /* NULL: neither region nor id */
    int region_id;        /* 0: text only */
    const char *postcode; /* NULL where the country has none */
    const char *phone;    /* prefix */
};

extern const struct rs_name rs_first_names[];
extern const size_t rs_first_names_n;
extern const struct rs_name rs_last_names[];
extern const size_t rs_last_names_n;
extern const struct rs_place rs_places_west[]; /* for customers of the first website */
extern const size_t rs_places_west_n;
extern const struct rs_place rs_places_east[];
extern const size_t rs_places_east_n;
extern const char *const rs_streets[];
extern const size_t rs_streets_n;
extern const char *const rs_companies[];
extern const size_t rs_companies_n;
extern const char *const rs_comments[];
extern const size_t rs_comments_n;
extern const char *const rs_gift_messages[];
extern const size_t rs_gift_messages_n;
extern const char *const rs_domains[];
extern const size_t rs_domains_n;

struct rs_country {
    const char *iso2, *iso3, *name;
};
struct rs_region {
    int id;
    const char *country, *code, *name;
};
extern const struct rs_country rs_countries[];
extern const size_t rs_countries_n;
extern const struct rs_region rs_regions[];
extern const size_t rs_regions_n;

#endif
