/* Names of the ways to pay and to send that Magento brings along, by their codes in answers. */
#ifndef TB_BASE_METHOD_H
#define TB_BASE_METHOD_H

struct tb_arena;

/* "Check / Money order" for "checkmo", "Flat rate" for "flatrate_flatrate", "UPS, GND" for
 * "ups_GND". In the reader's language; the code itself where it is none that is known. */
const char *tb_method_name(struct tb_arena *a, const char *code);

#endif
