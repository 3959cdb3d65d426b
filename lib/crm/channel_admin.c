/* See channel.h: where a record is found in the admin of its store. */
#include "crm/channel.h"

#include "base/mem.h"
#include "base/text.h"
#include "net/http.h"

#include <inttypes.h>
#include <string.h>

/* Magento 1's pages by a record's id. Its carts and subscribers have none. A store that adds a
 * secret to the addresses of its admin shows its start page for those that are not public. */
static const struct place {
    const struct tb_entity *entity;
    const char *path;
} places[] = {
    {&tb_order, "sales_order/view/order_id"},
    {&tb_credit_memo, "sales_creditmemo/view/creditmemo_id"},
    {&tb_customer, "customer/edit/id"},
};

/* Cuts what stands behind the admin's own path: a query, slashes, and in an address that was copied
 * from a browser the controller and action ("/dashboard/index/key/...") in front of the secret. */
static void cut_to_base(char *path)
{
    char *end = NULL;

    path[strcspn(path, "?")] = '\0';
    end = strstr(path, "/key/");
    for (int segments = 0; end != NULL && segments <= 2; segments++) {
        *end = '\0';
        end = strrchr(path, '/');
    }
    for (size_t len = strlen(path); len > 0 && path[len - 1] == '/'; len--) {
        path[len - 1] = '\0';
    }
}

const char *tb_channel_admin_href(struct tb_arena *a, const struct tb_channel *c,
                                  const struct tb_entity *e, int64_t origin_id)
{
    char origin[TB_CHANNEL_ADMIN_MAX + 1];
    char path[TB_CHANNEL_ADMIN_MAX + 1];
    struct tb_err refused = TB_ERR_INIT;

    if (c->admin_url == NULL || origin_id <= 0 || !tb_streq(c->type, "magento1") ||
        tb_url_split(c->admin_url, origin, sizeof origin, path, sizeof path, &refused) != TB_OK) {
        return NULL;
    }
    cut_to_base(path);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (places[i].entity == e) {
            return tb_arena_printf(a, "%s%s/%s/%" PRId64 "/", origin, path, places[i].path,
                                   origin_id);
        }
    }
    return NULL;
}
