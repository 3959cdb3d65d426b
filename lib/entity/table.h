/* Short forms for the tables of fields. Only the files that hold such a table include this. */
#ifndef TB_ENTITY_TABLE_H
#define TB_ENTITY_TABLE_H

#include "base/lang.h"
#include "entity/field.h"

#define ALL TB_M1_ALL
#define BRIDGE TB_M1_BRIDGE
#define LIST TB_M1_LIST
#define INFO TB_M1_INFO

#define FIELD(n, path, t, l, c, f, ...)                                                            \
    {                                                                                              \
        .name = n, .m1 = path, .type = t, .label = l, .calls = c, .flags = f, __VA_ARGS__          \
    }

#define TEXT(n, path, l, c, f) FIELD(n, path, TB_TEXT, l, c, f, .codec = TB_AS_TYPE)
#define INT(n, path, l, c, f) FIELD(n, path, TB_INT, l, c, f, .codec = TB_AS_TYPE)
#define QTY(n, path, l, c, f) FIELD(n, path, TB_QTY, l, c, f, .codec = TB_AS_TYPE)
#define PERCENT(n, path, l, c, f) FIELD(n, path, TB_PERCENT, l, c, f, .codec = TB_AS_TYPE)
#define RATE(n, path, l, c, f) FIELD(n, path, TB_RATE, l, c, f, .codec = TB_AS_TYPE)
#define TIME(n, path, l, c, f) FIELD(n, path, TB_TIME, l, c, f, .codec = TB_AS_TYPE)
#define DATE(n, path, l, c, f) FIELD(n, path, TB_DATE, l, c, f, .codec = TB_AS_TYPE)
/* Magento writes a flag that was never set as nothing, and takes nothing for no. */
#define FLAG(n, path, l, c, f) FIELD(n, path, TB_FLAG, l, c, f, .codec = TB_AS_TYPE, .unset = "0")
#define MONEY(n, path, l, c, f, cur) FIELD(n, path, TB_MONEY, l, c, f, .currency = cur)
/* of one piece */
#define PRICE(n, path, l, c, f, cur) MONEY(n, path, l, c, (f) | TB_UNIT_PRICE, cur)
#define CHOICE(n, path, l, c, f, list) FIELD(n, path, TB_CHOICE, l, c, f, .choices = list)
#define REF(n, path, l, c, f, e, column)                                                           \
    FIELD(n, path, TB_INT, l, c, f, .ref = e, .link = column, .codec = TB_AS_TYPE)
/* a reference where 0 means none */
#define REF0(n, path, l, c, f, e, column)                                                          \
    FIELD(n, path, TB_INT, l, c, f, .ref = e, .link = column, .codec = TB_AS_PARENT)
/* the website of the record's store view */
#define WEBSITE_VIA_STORE(f)                                                                       \
    FIELD("website_id", NULL, TB_INT, N_("Website"), 0, f, .kind = TB_DERIVED, .ref = &tb_website, \
          .link = "website_id", .via = "store_origin_id")
#define DERIVED(n, t, l, f) FIELD(n, NULL, t, l, 0, f, .kind = TB_DERIVED)
#define DERIVED_MONEY(n, l, f, cur)                                                                \
    FIELD(n, NULL, TB_MONEY, l, 0, f, .kind = TB_DERIVED, .currency = cur)
#define DERIVED_CHOICE(n, l, f, list)                                                              \
    FIELD(n, NULL, TB_CHOICE, l, 0, f, .kind = TB_DERIVED, .choices = list)
#define FOLDED_AS(n, of, how)                                                                      \
    FIELD(n, NULL, TB_TEXT, n, 0, TB_TECHNICAL, .kind = TB_FOLDED, .via = of, .fold = how)
#define FOLDED(n, of) FOLDED_AS(n, of, TB_FOLD_WORDS)
#define NATURAL(n, of) FOLDED_AS(n, of, TB_FOLD_NUMBER)
#define PHONE(n, of) FOLDED_AS(n, of, TB_FOLD_PHONE)
/* the same of a derived field, written where that is */
#define DERIVED_PHONE(n, of)                                                                       \
    FIELD(n, NULL, TB_TEXT, n, 0, TB_TECHNICAL, .kind = TB_DERIVED, .via = of,                     \
          .fold = TB_FOLD_PHONE)
#define LOOKED(n, t, l, f, e, column, of)                                                          \
    FIELD(n, NULL, t, l, 0, f, .kind = TB_LOOKED, .ref = e, .link = column, .look = of)

#define SPELLED(n, t, l, f, sql) FIELD(n, NULL, t, l, 0, f, .kind = TB_SPELLED, .look = sql)

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
