/* The table of operations: what the WSDL says and what is run, in one place. */
#include "call.h"

#include <string.h>

#define SESSION "sessionId!"
#define LISTED SESSION " filters:filters"
#define PAGED SESSION " filters:filters pager:pager"
#define PAGED_BOTH SESSION " filters:filters! pager:pager!"

const struct rs_op rs_ops[] = {
    {"login", "Open a session", "username! apiKey!", "loginReturn", "string", false, rs_do_login},
    {"endSession", "Close a session", SESSION, "endSessionReturn", "boolean", false,
     rs_do_end_session},
    {"magentoInfo", "Version and edition", SESSION, "info", "magentoInfoEntity", false,
     rs_do_magento_info},
    {"storeList", "Store views", SESSION, "stores", "storeEntityArray", false, rs_do_stores},
    {"storeInfo", "One store view", SESSION " storeId!", "info", "storeEntity", false,
     rs_do_store_info},
    {"directoryCountryList", "Countries", SESSION, "countries", "directoryCountryEntityArray",
     false, rs_do_countries},
    {"directoryRegionList", "Regions of a country", SESSION " country!", "countries",
     "directoryRegionEntityArray", false, rs_do_country_regions},
    {"customerGroupList", "Customer groups", SESSION, "result", "customerGroupEntityArray", false,
     rs_do_groups},
    {"customerCustomerList", "Customers", LISTED, "storeView", "customerCustomerEntityArray", false,
     rs_do_list_customers},
    {"customerCustomerInfo", "One customer", SESSION " customerId:int! attributes:ArrayOfString",
     "customerInfo", "customerCustomerEntity", false, rs_do_customer_info},
    {"customerCustomerCreate", "New customer",
     SESSION " customerData:customerCustomerEntityToCreate!", "result", "int", false,
     rs_do_customer_create},
    {"customerCustomerUpdate", "Change a customer",
     SESSION " customerId:int! customerData:customerCustomerEntityToCreate!", "result", "boolean",
     false, rs_do_customer_update},
    {"customerCustomerDelete", "Delete a customer", SESSION " customerId:int!", "result", "boolean",
     false, rs_do_customer_delete},
    {"customerAddressList", "Addresses of a customer", SESSION " customerId:int!", "result",
     "customerAddressEntityArray", false, rs_do_addresses},
    {"customerAddressInfo", "One address", SESSION " addressId:int!", "info",
     "customerAddressEntityItem", false, rs_do_address_info},
    {"customerAddressCreate", "New address",
     SESSION " customerId:int! addressData:customerAddressEntityCreate!", "result", "int", false,
     rs_do_address_create},
    {"customerAddressUpdate", "Change an address",
     SESSION " addressId:int! addressData:customerAddressEntityCreate!", "info", "boolean", false,
     rs_do_address_update},
    {"customerAddressDelete", "Delete an address", SESSION " addressId:int!", "info", "boolean",
     false, rs_do_address_delete},
    {"salesOrderList", "Orders", LISTED, "result", "salesOrderListEntityArray", false,
     rs_do_list_orders},
    {"salesOrderInfo", "One order", SESSION " orderIncrementId!", "result", "salesOrderEntity",
     false, rs_do_order_info},
    {"salesOrderAddComment", "Comment on an order",
     SESSION " orderIncrementId! status! comment notify", "result", "boolean", false,
     rs_do_order_comment},
    {"salesOrderHold", "Put on hold", SESSION " orderIncrementId!", "result", "boolean", false,
     rs_do_order_hold},
    {"salesOrderUnhold", "Release", SESSION " orderIncrementId!", "result", "boolean", false,
     rs_do_order_unhold},
    {"salesOrderCancel", "Cancel", SESSION " orderIncrementId!", "result", "boolean", false,
     rs_do_order_cancel},
    {"salesOrderCreditmemoList", "Credit memos", LISTED, "result",
     "salesOrderCreditmemoEntityArray", false, rs_do_list_memos},
    {"salesOrderCreditmemoInfo", "One credit memo", SESSION " creditmemoIncrementId!", "result",
     "salesOrderCreditmemoEntity", false, rs_do_memo_info},
    {"oroPing", "Probe", SESSION, "result", "oroPingResponse", true, rs_do_ping},
    {"oroQuoteList", "Carts", PAGED_BOTH, "result", "salesQuoteEntityArray", true,
     rs_do_list_carts},
    {"oroOrderList", "Orders with all they hold", PAGED, "result", "salesOrderEntityArray", true,
     rs_do_list_orders},
    {"oroOrderInfo", "One order", SESSION " orderIncrementId!", "result", "salesOrderEntity", true,
     rs_do_order_info},
    {"oroCustomerList", "Customers with addresses", PAGED_BOTH, "result", "oroCustomerEntityArray",
     true, rs_do_list_customers},
    {"oroCustomerInfo", "One customer", SESSION " customerId:int! attributes:ArrayOfString",
     "result", "oroCustomerEntity", true, rs_do_customer_info},
    {"oroCustomerCreate", "New customer", SESSION " customerData:oroCustomerEntityToCreate!",
     "result", "int", true, rs_do_customer_create},
    {"oroCustomerUpdate", "Change a customer",
     SESSION " customerId:int! customerData:oroCustomerEntityToCreate!", "result", "boolean", true,
     rs_do_customer_update},
    {"oroCustomerAddressList", "Addresses of a customer", SESSION " customerId:int!", "result",
     "customerAddressEntityArray", true, rs_do_addresses},
    {"oroCustomerAddressInfo", "One address", SESSION " addressId:int!", "info",
     "customerAddressEntityItem", true, rs_do_address_info},
    {"newsletterSubscriberList", "Newsletter subscribers", PAGED_BOTH, "result",
     "newsletterSubscriberEntityArray", true, rs_do_list_subscribers},
    {"newsletterSubscriberCreate", "New subscriber",
     SESSION " subscriberData:newsletterSubscriberEntity!", "result", "newsletterSubscriberEntity",
     true, rs_do_subscriber_create},
    {"newsletterSubscriberUpdate", "Change a subscriber",
     SESSION " subscriberId:int! subscriberData:newsletterSubscriberEntity!", "result",
     "newsletterSubscriberEntity", true, rs_do_subscriber_update},
    {"oroWebsiteList", "Websites", SESSION, "result", "oroWebsiteEntityArray", true,
     rs_do_websites},
    {"oroRegionList", "Regions of all countries", PAGED, "result", "oroRegionEntityArray", true,
     rs_do_regions},
};
const size_t rs_ops_n = sizeof(rs_ops) / sizeof(rs_ops[0]);

const struct rs_op *rs_op_find(const char *name, bool bridge)
{
    for (size_t i = 0; i < rs_ops_n; i++) {
        if (strcmp(rs_ops[i].name, name) == 0 && (bridge || !rs_ops[i].bridge)) {
            return &rs_ops[i];
        }
    }
    return NULL;
}
