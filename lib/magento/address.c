/* "/", "/shop/", "/shop/index.php", "/api/v2_soap/?wsdl=1", "/api.php?type=v2_soap" all work. */
#include "magento/address.h"

#include "base/lang.h"
#include "base/text.h"

#include <strings.h>

/* Copies the query without its wsdl parameter. */
static void copy_query(char *out, size_t size, const char *query)
{
    size_t used = 0;

    while (*query != '\0') {
        size_t len = strcspn(query, "&");
        bool is_wsdl = strncasecmp(query, "wsdl", 4) == 0 && (len == 4 || query[4] == '=');
        if (!is_wsdl && len > 0 && used < size) {
            used += (size_t)snprintf(out + used, size - used, "%c%.*s", used == 0 ? '?' : '&',
                                     (int)len, query);
        }
        query += len + (query[len] == '&');
    }
}

static bool is_endpoint(const char *path)
{
    return strstr(path, "v2_soap") != NULL || strstr(path, "/api/") != NULL ||
           strcasestr(path, "wsdl") != NULL;
}

/* "/index.php/admin/", "/admin_4711/": what people have open when they look for the address. */
static bool is_admin(const char *path, size_t len)
{
    for (size_t i = 0; i + 6 <= len; i++) {
        if (strncasecmp(path + i, "/admin", 6) == 0) {
            return true;
        }
    }
    return false;
}

enum tb_status tb_address_guess(const char *path, struct tb_address *out, struct tb_err *err)
{
    char query[256] = "";
    size_t len = strcspn(path, "?#");
    bool has_slash = len > 0 && path[len - 1] == '/';

    memset(out, 0, sizeof(*out));
    if (path[0] != '/' || strlen(path) > 255) {
        return tb_err_set(err, TB_E_INPUT,
                          _("Address not usable: its path does not begin with a slash or is too "
                            "long: enter the address as a browser shows it"));
    }
    out->is_admin = is_admin(path, len);
    if (!is_endpoint(path)) {
        snprintf(out->endpoint, sizeof(out->endpoint), "%.*s%sapi/v2_soap/", (int)len, path,
                 has_slash ? "" : "/");
        snprintf(out->wsdl, sizeof(out->wsdl), "%.*s%sapi/v2_soap/?wsdl=1", (int)len, path,
                 has_slash ? "" : "/");
        return TB_OK;
    }
    if (path[len] == '?') {
        copy_query(query, sizeof(query), path + len + 1);
    }
    snprintf(out->endpoint, sizeof(out->endpoint), "%.*s%s", (int)len, path, query);
    snprintf(out->wsdl, sizeof(out->wsdl), "%s%cwsdl=1", out->endpoint,
             query[0] == '\0' ? '?' : '&');
    out->is_file = strstr(path, "v2_soap") == NULL && strstr(path, "/api/") == NULL;
    return TB_OK;
}
