/* Rights by the names that the store's form for roles shows (the titles in each module's api.xml).
 *
 * The bridge's lists are whole and paged; the core's are neither. Without the bridge customers lack
 * their addresses (customerCustomerInfo has nothing that the list lacks), orders and credit memos
 * all but their own row. */
#include "magento/m1_calls.h"

#include "base/date.h"
#include "base/lang.h"
#include "base/mem.h"

#define BRIDGE TB_M1_BRIDGE
#define LIST TB_M1_LIST
#define FULL (TB_M1_LIST | TB_M1_INFO)

static const char customers_right[] = N_("Customers, Retrieve customer info");
static const char addresses_right[] = N_("Customers, Addresses, Retrieve address info");
static const char orders_right[] = N_("Sales, Order, Retrieve orders info");
static const char memos_right[] = N_("Sales, Order, Order credit memo, Retrieve credit memo list");
static const char memo_right[] = N_("Sales, Order, Order credit memo, Retrieve credit memo info");
static const char stores_right[] = N_("Core, Store, List of stores");
static const char directory_right[] = N_("Directory, Region and Country");
static const char carts_right[] = N_("Shopping cart, Retrieve info");
static const char newsletter_right[] = N_("Newsletter subscribers");
static const char bridge_right[] = N_("all of the bridge's resources");

/* An entity's plans in order of preference. */
static const struct tb_m1_plan plans[] = {
    {.entity = &tb_website,
     .list = "oroWebsiteList",
     .row_id = "website_id",
     .list_calls = BRIDGE,
     .all_calls = BRIDGE,
     .right = bridge_right},
    {.entity = &tb_website,
     .list = "storeList",
     .row_id = "website_id",
     .detail = TB_M1_WEBSITES,
     .list_calls = LIST,
     .all_calls = LIST,
     .right = stores_right},
    {.entity = &tb_store_view,
     .list = "storeList",
     .row_id = "store_id",
     .detail = TB_M1_STORES,
     .list_calls = TB_M1_ALL,
     .all_calls = TB_M1_ALL,
     .right = stores_right},
    {.entity = &tb_customer_group,
     .list = "customerGroupList",
     .row_id = "customer_group_id",
     .list_calls = TB_M1_ALL,
     .all_calls = TB_M1_ALL,
     .right = customers_right},
    {.entity = &tb_region,
     .list = "oroRegionList",
     .row_id = "region_id",
     .has_pager = true,
     .list_calls = BRIDGE,
     .all_calls = BRIDGE,
     .right = bridge_right},
    {.entity = &tb_region,
     .list = "directoryCountryList",
     .row_id = "region_id",
     .detail = TB_M1_ROWS,
     .call = "directoryRegionList",
     .argument = "country",
     .key = "country_id",
     .list_calls = FULL,
     .all_calls = FULL,
     .right = directory_right,
     .call_right = directory_right},
    {.entity = &tb_customer,
     .list = "oroCustomerList",
     .row_id = "customer_id",
     .id_field = "customer_id",
     .created = "created_at",
     .updated = "updated_at",
     .email = "email",
     .website = "website_id",
     .has_pager = true,
     .list_calls = BRIDGE,
     .all_calls = BRIDGE,
     .right = customers_right},
    {.entity = &tb_customer,
     .list = "customerCustomerList",
     .row_id = "customer_id",
     .id_field = "customer_id",
     .created = "created_at",
     .updated = "updated_at",
     .email = "email",
     .website = "website_id",
     .detail = TB_M1_CHILDREN,
     .call = "customerAddressList",
     .argument = "customerId",
     .key = "customer_id",
     .list_calls = LIST,
     .all_calls = FULL,
     .right = customers_right,
     .call_right = addresses_right},
    {.entity = &tb_order,
     .list = "oroOrderList",
     .row_id = "order_id",
     .id_field = "order_id",
     .created = "created_at",
     .updated = "updated_at",
     .website = "store_id",
     .has_pager = true,
     .list_calls = BRIDGE,
     .all_calls = BRIDGE,
     .right = orders_right},
    {.entity = &tb_order,
     .list = "salesOrderList",
     .row_id = "order_id",
     .id_field = "order_id",
     .created = "created_at",
     .updated = "updated_at",
     .website = "store_id",
     .detail = TB_M1_MERGED,
     .call = "salesOrderInfo",
     .argument = "orderIncrementId",
     .key = "increment_id",
     .list_calls = LIST,
     .all_calls = FULL,
     .right = orders_right,
     .call_right = orders_right},
    {.entity = &tb_credit_memo,
     .list = "salesOrderCreditmemoList",
     .row_id = "creditmemo_id",
     .id_field = "creditmemo_id",
     .created = "created_at",
     .updated = "updated_at",
     .website = "store_id",
     .detail = TB_M1_MERGED,
     .call = "salesOrderCreditmemoInfo",
     .argument = "creditmemoIncrementId",
     .key = "increment_id",
     .list_calls = LIST,
     .all_calls = FULL,
     .right = memos_right,
     .call_right = memo_right},
    {.entity = &tb_cart,
     .list = "oroQuoteList",
     .row_id = "entity_id",
     .id_field = "entity_id",
     .created = "created_at",
     .updated = "updated_at",
     .website = "store_id",
     .has_pager = true,
     .list_calls = BRIDGE,
     .all_calls = BRIDGE,
     .right = carts_right},
    {.entity = &tb_subscriber,
     .list = "newsletterSubscriberList",
     .row_id = "subscriber_id",
     .id_field = "subscriber_id",
     .updated = "change_status_at",
     .email = "subscriber_email",
     .website = "store_id",
     .has_pager = true,
     .is_descending = true,
     .list_calls = BRIDGE,
     .all_calls = BRIDGE,
     .right = newsletter_right},
};

static bool has_operations(const struct tb_wsdl *wsdl, const struct tb_m1_plan *p, bool ids_only)
{
    return tb_wsdl_has(wsdl, p->list) &&
           (p->call == NULL || ids_only || tb_wsdl_has(wsdl, p->call));
}

/* Rows of a core list are cheaper by far (0.1 to 0.3 ms against 1.4 to 2.7). */
static bool is_cheap(const struct tb_m1_plan *p)
{
    return p->list_calls == LIST;
}

const struct tb_m1_plan *tb_m1_find(const struct tb_wsdl *wsdl, const struct tb_entity *entity,
                                    bool ids_only, const char **why)
{
    const struct tb_m1_plan *found = NULL;

    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        const struct tb_m1_plan *p = &plans[i];
        if (p->entity != entity || !has_operations(wsdl, p, ids_only)) {
            continue;
        }
        if (found == NULL || (ids_only && is_cheap(p))) {
            found = p;
        }
    }
    *why = "";
    if (found == NULL) {
        *why = tb_wsdl_has(wsdl, TB_M1_PING)
                   ? N_("The store's bridge is too old for this: update OroBridge in the store")
                   : N_("The store has no bridge: install OroBridge in the store");
    }
    return found;
}

static enum tb_status add(struct tb_soap_request *rq, const char *field, const char *operator,
                          const char * value, struct tb_err *err)
{
    size_t i = 0;

    while (i < TB_SOAP_CONDITIONS && rq->conditions[i].field != NULL) {
        i++;
    }
    if (i == TB_SOAP_CONDITIONS) {
        return tb_err_set(err, TB_E_BUG, "too many conditions");
    }
    rq->conditions[i] = (struct tb_soap_condition){field, operator, value };
    return TB_OK;
}

/* Bounds as the pair from + to, the only two operators that one field takes together. */
static void add_range(struct tb_soap_request *rq, const char *field, const char *from,
                      const char *to, struct tb_err *err)
{
    if (from != NULL) {
        add(rq, field, to == NULL ? "gteq" : "from", from, err);
    }
    if (to != NULL) {
        add(rq, field, from == NULL ? "lteq" : "to", to, err);
    }
}

static const char *number(struct tb_arena *a, int64_t n)
{
    return n <= 0 ? NULL : tb_arena_printf(a, "%lld", (long long)n);
}

static const char *date(struct tb_arena *a, int64_t t)
{
    char text[20] = "";

    return t <= 0 ? NULL : tb_arena_strdup(a, tb_time_sql(t, text));
}

static const char *id_list(struct tb_arena *a, const int64_t *ids, size_t count)
{
    size_t size = count * 21 + 1;
    char *text = tb_arena_alloc(a, size);
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(text + used, size - used, i == 0 ? "%lld" : ",%lld",
                                 (long long)ids[i]);
    }
    return text;
}

static void describe(const struct tb_m1_plan *plan, const struct tb_query *q, struct tb_arena *a,
                     const char **words)
{
    char window[64] = "";
    char page[32] = "";

    if (q->email != NULL) {
        snprintf(window, sizeof(window), ", by email");
    } else if (q->id_count > 0) {
        snprintf(window, sizeof(window), ", %zu ids", q->id_count);
    } else if (q->id_to > 0) {
        snprintf(window, sizeof(window), ", ids %lld to %lld",
                 (long long)(q->id_above > 0 ? q->id_above + 1 : q->id_from), (long long)q->id_to);
    } else if (q->id_above > 0 || q->id_from > 0) {
        snprintf(window, sizeof(window), ", ids above %lld",
                 (long long)(q->id_above > 0 ? q->id_above : q->id_from - 1));
    }
    if (plan->has_pager && q->limit > 0) {
        snprintf(page, sizeof(page), ", page size %d", q->limit);
    }
    *words =
        tb_arena_printf(a, "%s%s%s%s", plan->list,
                        q->updated_from > 0 || q->updated_to > 0 ? ", updated" : "", window, page);
}

enum tb_status tb_m1_request(const struct tb_m1_plan *plan, const struct tb_query *q,
                             const char *websites, struct tb_arena *a, struct tb_soap_request *rq,
                             const char **words, struct tb_err *err)
{
    int64_t lowest = q->id_above > 0 ? q->id_above + 1 : q->id_from;

    memset(rq, 0, sizeof(*rq));
    rq->operation = plan->list;
    rq->has_pager = plan->has_pager;
    rq->has_filters = plan->has_pager || plan->id_field != NULL;
    rq->page_size = plan->has_pager ? q->limit : 0;
    describe(plan, q, a, words);
    if (plan->id_field == NULL) {
        return TB_OK;
    }
    if (q->id_count > 0) {
        add(rq, plan->id_field, "in", id_list(a, q->ids, q->id_count), err);
    } else {
        add_range(rq, plan->id_field, number(a, lowest), number(a, q->id_to), err);
    }
    if (plan->created != NULL) {
        add_range(rq, plan->created, date(a, q->created_from), date(a, q->created_to), err);
    }
    if (plan->updated != NULL) {
        add_range(rq, plan->updated, date(a, q->updated_from), date(a, q->updated_to), err);
    }
    if (q->email != NULL && plan->email != NULL) {
        add(rq, plan->email, "eq", q->email, err);
    }
    if (websites != NULL) {
        add(rq, plan->website, "in", websites, err);
    }
    return err->code;
}
