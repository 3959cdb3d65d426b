/* Getting to know a store: its WSDL, its versions, its websites. */
#include "magento/store_state.h"

#include "base/dec.h"
#include "base/lang.h"
#include "base/text.h"

#define FACTS_ARENA ((size_t)256 * 1024)

void tb_store_prepare(struct tb_store *s, struct tb_wire_call *call, const char *operation,
                      const char *right)
{
    memset(call, 0, sizeof(*call));
    call->rq.operation = operation;
    call->asked = TB_ASKED_CALL;
    call->right = right;
    call->timeout_s = s->call_timeout_s;
    call->arena = s->arena;
    call->owns_arena = true;
    call->may_stop = true;
    call->is_light = true;
}

enum tb_status tb_store_read_wsdl(struct tb_store *s, struct tb_wire_call *call, struct tb_err *err)
{
    memset(call, 0, sizeof(*call));
    call->wsdl = &s->wsdl;
    call->asked = TB_ASKED_WSDL;
    call->timeout_s = s->login_timeout_s;
    call->arena = s->wsdl_arena;
    call->owns_arena = true;
    call->may_stop = true;
    return tb_wire_ask(s->wire, call, err);
}

enum tb_status tb_store_judge_wsdl(struct tb_store *s, struct tb_err *err)
{
    const struct tb_wsdl *w = &s->wsdl;
    struct tb_store_facts *f = &s->facts;
    bool is_wsi = s->wsi < 0 ? w->is_wsi : s->wsi != 0;

    if (w->is_v1) {
        return tb_err_set(err, TB_E_STORE,
                          _("Not the right API: this is the address of SOAP v1: enter the one that "
                            "ends in /api/v2_soap/?wsdl=1"));
    }
    if (!tb_wsdl_has(w, "login") || !tb_wsdl_has(w, "storeList")) {
        return tb_err_set(err, TB_E_STORE,
                          _("Not a Magento 1 store: its WSDL has other operations: check the "
                            "address"));
    }
    if (tb_wsdl_cannot_work(w)) {
        return tb_err_set(err, TB_E_STORE,
                          _("Store cannot answer: its bridge and its namespace urn:OpenMage do not "
                            "go together without WS-I: switch WS-I compliance on in the store, "
                            "under System, Configuration, Magento Core API"));
    }
    f->is_wsi = is_wsi;
    f->has_bridge = tb_wsdl_has(w, TB_M1_PING);
    snprintf(f->namespace, sizeof(f->namespace), "%s", w->namespace);
    tb_wire_set_mode(s->wire, w, is_wsi);
    s->knows_calls = true;
    return TB_OK;
}

static void copy_text(char *out, size_t size, const struct tb_node *n, const char *name)
{
    const char *text = tb_node_text(n, name);

    if (!tb_is_blank(text)) {
        snprintf(out, size, "%s", text);
    }
}

static void take_ping(struct tb_store_facts *f, const struct tb_node *told)
{
    const char *text = tb_node_text(told, "customer_scope");
    int64_t scope = -1;

    copy_text(f->bridge_version, sizeof(f->bridge_version), told, "version");
    copy_text(f->store_version, sizeof(f->store_version), told, "mage_version");
    copy_text(f->admin_url, sizeof(f->admin_url), told, "admin_url");
    f->customer_scope = text != NULL && tb_int_parse(text, &scope) ? scope == 1 : -1;
}

/* The bridge tells all but the edition. A role may lack the right for the core's call, which is
 * no matter when the bridge has told enough. */
enum tb_status tb_store_ping(struct tb_store *s, struct tb_err *err)
{
    struct tb_store_facts *f = &s->facts;
    struct tb_arena *second = tb_arena_new(FACTS_ARENA);
    struct tb_wire_call calls[2]; /* the core's, the bridge's */
    const struct tb_wire_call *info = &calls[0];
    const struct tb_wire_call *ping = &calls[1];

    tb_store_prepare(s, &calls[0], TB_M1_INFO_CALL, _("Core, Magento info"));
    tb_store_prepare(s, &calls[1], TB_M1_PING, _("all of the bridge's resources"));
    calls[1].arena = second;
    tb_ahead_begin(s);
    if (tb_wire_ask_all(s->wire, calls, f->has_bridge ? 2 : 1, err) == TB_OK && f->has_bridge) {
        *err = ping->err;
    }
    if (err->code == TB_OK && f->has_bridge) {
        take_ping(f, ping->answer.result);
    }
    if (err->code == TB_OK && info->outcome.is_good) {
        copy_text(f->store_version, sizeof(f->store_version), info->answer.result,
                  "magento_version");
        copy_text(f->edition, sizeof(f->edition), info->answer.result, "magento_edition");
    } else if (err->code == TB_OK && !f->has_bridge &&
               !(info->err.code == TB_E_DENIED && info->answer.is_fault)) {
        *err = info->err; /* logged in, it may be not allowed to ask the version */
    }
    tb_arena_free(second);
    return err->code;
}

static void join(char *out, size_t size, const char *separator, const char *text)
{
    size_t used = strlen(out);

    if (!tb_is_blank(text) && used + strlen(separator) + strlen(text) < size) {
        snprintf(out + used, size - used, "%s%s", used == 0 ? "" : separator, text);
    }
}

static void take_websites(struct tb_store *s, const struct tb_page *p)
{
    s->website_count = 0;
    for (size_t i = 0; i < p->count && s->website_count < TB_WEBSITES_MAX; i++) {
        struct tb_website_choice *w = &s->websites[s->website_count];
        if (p->rows[i].id > 0) {
            memset(w, 0, sizeof(*w));
            w->id = p->rows[i].id;
            copy_text(w->code, sizeof(w->code), p->rows[i].list, "code");
            copy_text(w->name, sizeof(w->name), p->rows[i].list, "name");
            s->website_count++;
        }
    }
}

static void take_stores(struct tb_store *s, const struct tb_page *p)
{
    s->store_ids[0] = '\0';
    s->store_count = p->count - 1; /* but the admin's */
    for (size_t i = 0; i < p->count; i++) {
        const struct tb_node *row = p->rows[i].list;
        const char *website = tb_node_text(row, "website_id");
        int64_t id = 0;
        if (website == NULL || !tb_int_parse(website, &id)) {
            continue;
        }
        for (size_t k = 0; k < s->website_count; k++) {
            struct tb_website_choice *w = &s->websites[k];
            if (w->id == id) {
                join(w->stores, sizeof(w->stores), ", ", tb_node_text(row, "name"));
            }
        }
        if (strcmp(website, s->website) == 0) {
            join(s->store_ids, sizeof(s->store_ids), ",", tb_node_text(row, "store_id"));
        }
    }
}

enum tb_status tb_store_read_places(struct tb_store *s, struct tb_err *err)
{
    const struct tb_query websites = {.entity = &tb_website};
    const struct tb_query stores = {.entity = &tb_store_view};
    const struct tb_page *page = NULL;

    tb_store_ask_ahead(s, &websites);
    tb_store_ask_ahead(s, &stores);
    if (tb_ahead_look(s, &websites, &page, err) != TB_OK) {
        return err->code;
    }
    take_websites(s, page);
    if (tb_ahead_look(s, &stores, &page, err) != TB_OK) {
        return err->code;
    }
    take_stores(s, page);
    if (s->website[0] != '\0' && s->store_ids[0] == '\0') {
        return tb_err_set(err, TB_E_STORE,
                          _("Website not found: the store has no website %s with store views: "
                            "choose another one for the channel"),
                          s->website);
    }
    return TB_OK;
}

enum tb_status tb_store_connect(struct tb_store *s, struct tb_err *err)
{
    struct tb_wire_call call;

    s->is_connected = false;
    if (tb_store_read_wsdl(s, &call, err) != TB_OK || tb_store_judge_wsdl(s, err) != TB_OK ||
        tb_store_ping(s, err) != TB_OK) {
        return err->code;
    }
    if (s->website[0] != '\0' && tb_store_read_places(s, err) != TB_OK) {
        return err->code;
    }
    s->facts.has_clock = tb_wire_clock(s->wire, &s->facts.clock_offset_s);
    s->is_connected = true;
    return TB_OK;
}
