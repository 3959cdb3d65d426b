/* All entities in dependency order, and how to find them and their fields by name. */
#include "entity/field.h"

#include "base/country.h"
#include "base/method.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct tb_entity *const tb_entities[] = {
    &tb_website,
    &tb_store_view,
    &tb_customer_group,
    &tb_region,
    &tb_customer,
    &tb_customer_address,
    &tb_cart,
    &tb_cart_item,
    &tb_cart_address,
    &tb_order,
    &tb_order_item,
    &tb_order_address,
    &tb_order_note,
    &tb_credit_memo,
    &tb_credit_memo_item,
    &tb_credit_memo_note,
    &tb_subscriber,
    NULL,
};

const struct tb_entity *tb_entity_find(const char *name)
{
    for (size_t i = 0; tb_entities[i]; i++) {
        if (strcmp(tb_entities[i]->name, name) == 0) {
            return tb_entities[i];
        }
    }
    return NULL;
}

int tb_entity_index(const struct tb_entity *e)
{
    int i = 0;

    while (tb_entities[i] && tb_entities[i] != e) {
        i++;
    }
    return i;
}

const struct tb_child *tb_child_of(const struct tb_entity *e)
{
    for (size_t i = 0; e->parent && i < e->parent->child_count; i++) {
        if (e->parent->children[i].entity == e) {
            return &e->parent->children[i];
        }
    }
    return NULL;
}

int tb_field_index(const struct tb_entity *e, const char *name)
{
    for (size_t i = 0; i < e->field_count; i++) {
        if (e->fields[i].name[0] == name[0] && strcmp(e->fields[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

size_t tb_field_place(const struct tb_entity *e, const char *name)
{
    int i = tb_field_index(e, name);

    if (i < 0) {
        fprintf(stderr, "no field %s in %s\n", name, e->name);
        abort();
    }
    return (size_t)i;
}

const struct tb_field *tb_field_find(const struct tb_entity *e, const char *name)
{
    int i = tb_field_index(e, name);

    return i < 0 ? NULL : &e->fields[i];
}

const char *tb_field_code_name(const struct tb_field *f, struct tb_arena *a, const char *code)
{
    if ((f->flags & TB_COUNTRY) != 0) {
        return tb_country_name(code);
    }
    return (f->flags & TB_METHOD) != 0 ? tb_method_name(a, code) : NULL;
}

const struct tb_field *tb_field_folded(const struct tb_entity *e, const struct tb_field *f,
                                       enum tb_fold fold)
{
    for (size_t i = 0; i < e->field_count; i++) {
        const struct tb_field *other = &e->fields[i];

        if (other->fold == fold && strcmp(other->via, f->name) == 0) {
            return other;
        }
    }
    return NULL;
}

bool tb_field_is_text(const struct tb_field *f)
{
    if (f->type == TB_CHOICE) {
        const char *first = f->choices && f->choices[0].value ? f->choices[0].value : "";

        return *first < '0' || *first > '9';
    }
    return f->type == TB_TEXT || f->type == TB_DATE;
}

bool tb_field_is_stored(const struct tb_field *f)
{
    return f->kind != TB_LOOKED && f->kind != TB_SPELLED;
}

const struct tb_choice *tb_choice_find(const struct tb_choice *choices, const char *value)
{
    for (const struct tb_choice *c = choices; c && c->value && value; c++) {
        if (strcmp(c->value, value) == 0) {
            return c;
        }
    }
    return NULL;
}
