/* Websites, store views, customer groups and regions: the dictionaries that others refer to. */
#include "entity/table.h"

static const struct tb_field website_fields[] = {
    INT("origin_id", "website_id", N_("Store id"), ALL, TB_TECHNICAL),
    TEXT("code", "code", N_("Code"), ALL, 0),
    TEXT("name", "name", N_("Name"), ALL, 0),
    INT("sort_order", "sort_order", N_("Sort order"), BRIDGE, TB_TECHNICAL),
    INT("default_group_id", "default_group_id", N_("Default store"), BRIDGE, TB_TECHNICAL),
    FLAG("is_default", "is_default", N_("Default website"), BRIDGE, 0),
};

const struct tb_entity tb_website = {
    .name = "website",
    .table = "websites",
    .label = N_("Website"),
    .labels = N_("Websites"),
    .fields = website_fields,
    .field_count = COUNT(website_fields),
    .sort = "origin_id",
    .title = "name",
};

static const struct tb_field store_fields[] = {
    INT("origin_id", "store_id", N_("Store id"), ALL, TB_TECHNICAL),
    TEXT("code", "code", N_("Code"), ALL, 0),
    TEXT("name", "name", N_("Name"), ALL, 0),
    REF("website_origin_id", "website_id", N_("Website"), ALL, 0, &tb_website, "website_id"),
    INT("group_origin_id", "group_id", N_("Store"), ALL, TB_TECHNICAL),
    INT("sort_order", "sort_order", N_("Sort order"), ALL, TB_TECHNICAL),
    FLAG("is_active", "is_active", N_("Active"), ALL, 0),
};

const struct tb_entity tb_store_view = {
    .name = "store",
    .table = "stores",
    .label = N_("Store view"),
    .labels = N_("Store views"),
    .fields = store_fields,
    .field_count = COUNT(store_fields),
    .sort = "origin_id",
    .title = "name",
};

static const struct tb_field group_fields[] = {
    INT("origin_id", "customer_group_id", N_("Store id"), ALL, TB_TECHNICAL),
    TEXT("name", "customer_group_code", N_("Name"), ALL, 0),
};

const struct tb_entity tb_customer_group = {
    .name = "customer_group",
    .table = "customer_groups",
    .label = N_("Customer group"),
    .labels = N_("Customer groups"),
    .fields = group_fields,
    .field_count = COUNT(group_fields),
    .sort = "origin_id",
    .title = "name",
};

static const struct tb_field region_fields[] = {
    INT("origin_id", "region_id", N_("Store id"), ALL, TB_TECHNICAL),
    TEXT("country", "countryCode|country_id", N_("Country"), ALL, 0),
    TEXT("code", "code", N_("Code"), ALL, 0),
    TEXT("name", "name", N_("Name"), ALL, 0),
};

const struct tb_entity tb_region = {
    .name = "region",
    .table = "regions",
    .label = N_("Region"),
    .labels = N_("Regions"),
    .fields = region_fields,
    .field_count = COUNT(region_fields),
    .sort = "origin_id",
    .title = "name",
};
