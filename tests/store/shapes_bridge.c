/* The complex types that the bridge extension adds (a store without it does not know them); the
 * notation is told in shape.h. */
#include "shape.h"

#include <stddef.h>

const struct rs_shape_text rs_shapes_bridge[] = {
    {"shoppingCartItemEntityCategory", NULL, "name"},
    {"shoppingCartItemEntityCategoriesArray", "shoppingCartItemEntityCategory", NULL},
    {"salesQuoteEntity", NULL,
     "entity_id store_id created_at updated_at converted_at is_active is_virtual "
     "is_multi_shipping items_count items_qty orig_order_id store_to_base_rate "
     "store_to_quote_rate base_currency_code store_currency_code quote_currency_code "
     "grand_total base_grand_total checkout_method customer_id customer_tax_class_id "
     "customer_group_id customer_email customer_prefix customer_firstname "
     "customer_middlename customer_lastname customer_suffix customer_dob customer_note "
     "customer_note_notify customer_is_guest remote_ip applied_rule_ids reserved_order_id "
     "password_hash coupon_code global_currency_code base_to_global_rate "
     "base_to_quote_rate customer_taxvat customer_gender subtotal base_subtotal "
     "subtotal_with_discount base_subtotal_with_discount is_changed trigger_recollect "
     "ext_shipping_info gift_message_id is_persistent gift_message "
     "shipping_address:shoppingCartAddressEntity billing_address:shoppingCartAddressEntity "
     "items:shoppingCartItemEntityArray payment:shoppingCartPaymentEntity "
     "attributes:associativeArray@n"},
    {"salesQuoteEntityArray", "salesQuoteEntity", NULL},
    {"salesOrderEntityArray", "salesOrderEntity", NULL},
    {"newsletterSubscriberEntity", NULL,
     "subscriber_id store_id change_status_at customer_id subscriber_email "
     "subscriber_status subscriber_confirm_code"},
    {"newsletterSubscriberEntityArray", "newsletterSubscriberEntity", NULL},
    {"oroPingResponse", NULL, "version mage_version admin_url customer_scope:int"},
    {"oroCustomerEntity", NULL,
     "customer_id=entity_id:int! created_at!@i updated_at! increment_id! store_id:int! "
     "website_id:int! created_in! email! firstname! middlename! lastname! group_id:int! "
     "prefix! suffix! dob! taxvat! confirmation:boolean! password_hash! gender!@g "
     "addresses:customerAddressEntityArray! attributes:associativeArray@ha"},
    {"oroCustomerEntityArray", "oroCustomerEntity", NULL},
    {"oroCustomerEntityToCreate", NULL,
     "customer_id:int email firstname lastname middlename password website_id:int "
     "store_id:int group_id:int prefix suffix dob taxvat gender:int"},
    {"oroWebsiteEntity", NULL,
     "website_id:int code name sort_order:int default_group_id:int is_default:boolean"},
    {"oroWebsiteEntityArray", "oroWebsiteEntity", NULL},
    {"oroRegionEntity", NULL, "region_id:int countryCode=country_id code name"},
    {"oroRegionEntityArray", "oroRegionEntity", NULL},
    {NULL, NULL, NULL},
};
