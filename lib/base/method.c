/* See method.h. What a shop or an extension adds has a code of its own and stays as it is. */
#include "base/method.h"

#include "base/lang.h"
#include "base/mem.h"

#include <stddef.h>
#include <string.h>

struct method {
    const char *code;
    const char *name;
};

/* Payment methods, and those of the carriers that have one method only. */
static const struct method methods[] = {
    {"checkmo", N_("Check / Money order")},
    {"banktransfer", N_("Bank transfer")},
    {"bankpayment", N_("Bank transfer")},
    {"cashondelivery", N_("Cash on delivery")},
    {"phoenix_cashondelivery", N_("Cash on delivery")},
    {"purchaseorder", N_("Purchase order")},
    {"free", N_("No payment needed")},
    {"ccsave", N_("Credit Card (saved)")},
    {"authorizenet", N_("Credit Card (Authorize.Net)")},
    {"authorizenet_directpost", N_("Credit Card (Authorize.Net Direct Post)")},
    {"paypal_standard", N_("PayPal Website Payments Standard")},
    {"paypal_express", N_("PayPal Express Checkout")},
    {"paypal_express_bml", N_("PayPal Credit")},
    {"paypal_direct", N_("PayPal Direct Payment")},
    {"paypal_billing_agreement", N_("PayPal Billing Agreement")},
    {"paypaluk_express", N_("PayPal Express Checkout (Payflow)")},
    {"paypaluk_direct", N_("PayPal Direct Payment (Payflow)")},
    {"payflow_link", N_("Credit Card (Payflow Link)")},
    {"payflow_advanced", N_("Credit Card (Payflow Advanced)")},
    {"payflowpro", N_("Credit Card (Payflow Pro)")},
    {"verisign", N_("Credit Card (Payflow Pro)")},
    {"hosted_pro", N_("PayPal Website Payments Pro")},
    {"moneybookers_acc", N_("Credit Card (Skrill)")},
    {"moneybookers_wlt", N_("Skrill wallet")},
    {"googlecheckout", N_("Google Checkout")},
    {"giftcardaccount", N_("Gift card")},
    {"flatrate_flatrate", N_("Flat rate")},
    {"freeshipping_freeshipping", N_("Free shipping")},
    {"tablerate_bestway", N_("Best way, table of rates")},
};

/* The carriers that have many; what stands behind the first "_" is the carrier's own code. */
static const struct method carriers[] = {
    {"ups", "UPS"},
    {"usps", "USPS"},
    {"fedex", "FedEx"},
    {"dhl", "DHL"},
    {"dhlint", "DHL"},
    {"flatrate", N_("Flat rate")},
    {"tablerate", N_("By table of rates")},
};

static const char *find(const struct method *list, size_t count, const char *code, size_t len)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(list[i].code) == len && strncmp(list[i].code, code, len) == 0) {
            return _(list[i].name);
        }
    }
    return NULL;
}

const char *tb_method_name(struct tb_arena *a, const char *code)
{
    size_t len = strcspn(code, "_");
    const char *name = find(methods, sizeof methods / sizeof methods[0], code, strlen(code));

    if (name != NULL || code[len] == '\0' || code[len + 1] == '\0') {
        return name != NULL ? name : code;
    }
    name = find(carriers, sizeof carriers / sizeof carriers[0], code, len);
    return name != NULL ? tb_arena_printf(a, "%s, %s", name, code + len + 1) : code;
}
