/* The complex types of the SOAP interface that customers, dictionaries and requests use. Each line
 * is a type: its name, the member type if it is an array, else its fields in the order that the
 * server writes them. See shape.h for the notation. */
#include "shape.h"

#include <stddef.h>

const struct rs_shape_text rs_shapes_base[] = {
    {"associativeEntity", NULL, "key! value!"},
    {"associativeArray", "associativeEntity", NULL},
    {"ArrayOfString", "xsd:string", NULL},
    {"complexFilter", NULL, "key! value:associativeEntity!"},
    {"complexFilterArray", "complexFilter", NULL},
    {"filters", NULL, "filter:associativeArray complex_filter:complexFilterArray"},
    {"pager", NULL, "page pageSize"},
    {"storeEntity", NULL,
     "store_id:int! code! website_id:int! group_id:int! name! sort_order:int! "
     "is_active:int!"},
    {"storeEntityArray", "storeEntity", NULL},
    {"magentoInfoEntity", NULL, "magento_version! magento_edition!"},
    {"directoryCountryEntity", NULL, "country_id! iso2_code! iso3_code! name!"},
    {"directoryCountryEntityArray", "directoryCountryEntity", NULL},
    {"directoryRegionEntity", NULL, "region_id! code! name!"},
    {"directoryRegionEntityArray", "directoryRegionEntity", NULL},
    {"customerGroupEntity", NULL, "customer_group_id:int! customer_group_code!"},
    {"customerGroupEntityArray", "customerGroupEntity", NULL},
    {"customerCustomerEntityToCreate", NULL,
     "customer_id:int email firstname lastname middlename password website_id:int "
     "store_id:int group_id:int prefix suffix dob taxvat gender:int"},
    {"customerCustomerEntity", NULL,
     "customer_id=entity_id:int created_at@i updated_at increment_id store_id:int "
     "website_id:int created_in email firstname middlename lastname group_id:int prefix "
     "suffix dob taxvat confirmation:boolean password_hash"},
    {"customerCustomerEntityArray", "customerCustomerEntity", NULL},
    {"customerAddressEntityCreate", NULL,
     "city company country_id fax firstname lastname middlename postcode prefix "
     "region_id:int region street:ArrayOfString suffix telephone "
     "is_default_billing:boolean is_default_shipping:boolean"},
    {"customerAddressEntityItem", NULL,
     "customer_address_id=entity_id:int created_at@i updated_at increment_id city company "
     "country_id fax firstname lastname middlename postcode prefix region region_id:int "
     "street suffix telephone is_default_billing:boolean is_default_shipping:boolean "
     "attributes:associativeArray@hbe"},
    {"customerAddressEntityArray", "customerAddressEntityItem", NULL},
    {NULL, NULL, NULL},
};
