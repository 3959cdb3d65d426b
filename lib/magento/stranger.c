/* See stranger.h. */
#include "magento/stranger.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char *const admin_words[] = {"login[username]", "Magento Admin", "adminhtml",
                                          "Log in to Admin Panel", NULL};
static const char *const gate_words[] = {"captcha",
                                         "cf-chl",
                                         "challenge-platform",
                                         "Just a moment...",
                                         "Incapsula",
                                         "Imperva",
                                         "Sucuri",
                                         "ModSecurity",
                                         "mod_security",
                                         "Wordfence",
                                         "Access Denied",
                                         "Web Application Firewall",
                                         "Request blocked",
                                         "Not Acceptable!",
                                         "bot protection",
                                         "checking your browser",
                                         "DDoS protection",
                                         "unusual traffic",
                                         "are you a human",
                                         "you are human",
                                         "PerimeterX",
                                         "datadome",
                                         NULL};

static bool has(const char *page, size_t len, const char *word)
{
    size_t size = strlen(word);

    for (size_t i = 0; i + size <= len; i++) {
        if (strncasecmp(page + i, word, size) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_any(const char *page, size_t len, const char *const *words)
{
    while (*words != NULL && !has(page, len, *words)) {
        words++;
    }
    return *words != NULL;
}

enum tb_stranger tb_stranger_tell(const char *page, size_t len)
{
    if (has_any(page, len, admin_words)) { /* it may ask for a captcha itself */
        return TB_STRANGER_ADMIN;
    }
    return has_any(page, len, gate_words) ? TB_STRANGER_GATE : TB_STRANGER_UNKNOWN;
}
