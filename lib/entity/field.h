/* The tables that describe an entity once: its fields and its children.
 *
 * From them come the reading of a store's answer, the upsert with its history, the lists, the
 * exports and the filters. A field's name is its column, its filter key in a URL, its name in page
 * data, CSV, JSON and history. Adding a field is one line here and one column in a migration.
 */
#ifndef TB_ENTITY_FIELD_H
#define TB_ENTITY_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tb_arena;

enum tb_type {
    TB_TEXT,
    TB_INT,     /* whole numbers and store ids */
    TB_MONEY,   /* dec4; its currency is the field named by `currency` */
    TB_QTY,     /* dec4 */
    TB_PERCENT, /* dec4, percent points */
    TB_RATE,    /* dec4, an exchange rate */
    TB_TIME,    /* int64 seconds UTC */
    TB_DATE,    /* text YYYY-MM-DD */
    TB_FLAG,    /* 0 or 1 */
    TB_CHOICE   /* an integer or a text out of `choices`; others are kept and shown as they are */
};

/* How a value is written in an answer where its type alone does not say it. */
enum tb_codec {
    TB_AS_TYPE,    /* by the field's type; times both as UTC and as ISO 8601 with offset */
    TB_AS_GENDER,  /* 1/2, or the label Male/Female: 1 or 2 */
    TB_AS_PARENT,  /* an id where 0 means none */
    TB_AS_PRESENT, /* any text means 1: a confirmation key, of which only the fact is kept */
    TB_AS_STATE    /* credit memo state, subscriber status: an integer choice */
};

/* What a column that others are compared by holds of them; SQL knows each as a function of lib/db.
 */
enum tb_fold {
    TB_FOLD_NONE,
    TB_FOLD_WORDS,  /* tb_text_fold: without case and accents */
    TB_FOLD_NUMBER, /* tb_natural_key: numbers by what they are worth; also what lists sort by */
    TB_FOLD_PHONE   /* tb_phone_key: the national digits backwards */
};

/* Who owns the value. An upsert writes synced and folded fields and links, nothing else. */
enum tb_kind {
    TB_SYNCED, /* the store: compared, with history */
    TB_FOLDED, /* ours: the fields named in `via` (blanks between) for comparison, as `fold` says */
    TB_DERIVED, /* ours: computed from other rows, by lib/crm or as a link */
    TB_LOOKED,  /* no column of its own: `look` of the row that `link` points to */
    TB_SPELLED, /* no column of its own: `look` is an expression over the row, which is t */
    TB_LOCAL    /* people here */
};

enum tb_field_flag {
    TB_LISTED = 1,        /* a column of the list screen */
    TB_HIDDEN = 2,        /* listed, but off until chosen */
    TB_FILTER = 4,        /* can be filtered by */
    TB_SORT = 8,          /* has an index that the list can walk */
    TB_SEARCH = 16,       /* the search box looks here */
    TB_PUSHED = 32,       /* can be written back to the store */
    TB_PERSONAL = 64,     /* personal data */
    TB_TECHNICAL = 128,   /* on the record page only under "all fields" */
    TB_NO_HISTORY = 256,  /* update times: compared and stored, not worth a history row */
    TB_COUNTRY = 512,     /* a country's code, which people read as its name */
    TB_IF_SENT = 1024,    /* taken from other calls, too, where they have it: some stores' do */
    TB_UNIT_PRICE = 2048, /* of one piece: shown with all of its decimals */
    TB_METHOD = 4096,     /* the code of a way to pay or to send, likewise */
    TB_EMAIL = 8192,      /* people write there */
    TB_PHONE = 16384,     /* people call there */
    TB_FEW = 32768,       /* equal values are few, and an index finds them */
    TB_GROUPED = 65536,   /* an index has the rows of each value in the list's own order */
    TB_AT_ONCE = 131072   /* derived, and known before the row is there: a new one has what the
                             record holds of it, without a second write */
};

/* The calls of Magento 1 that can carry a field; a decode names the calls it was read from. */
enum tb_call {
    TB_M1_BRIDGE = 1, /* oro...List and oro...Info, newsletterSubscriberList, the dictionaries */
    TB_M1_LIST = 2,   /* customerCustomerList, salesOrderList, salesOrderCreditmemoList */
    TB_M1_INFO = 4,   /* customerCustomerInfo + customerAddressList, salesOrderInfo, ...Info */
    TB_M1_ALL = 7,
    TB_M2 = 8
};

struct tb_choice {
    const char *value; /* as stored, integers as text */
    const char *label; /* marked N_() */
    const char *badge; /* good live warn bad mute mark-mute, or NULL: look.md "Badges" */
};

struct tb_entity;

struct tb_field {
    const char *name;
    enum tb_type type;
    const char *label; /* marked N_() */
    const char *m1; /* path in a Magento 1 answer ("payment/method"), or several with "|" between:
                       the first that is not empty; NULL: not there */
    const char *m2; /* path in a Magento 2 answer */
    enum tb_codec codec;
    enum tb_kind kind;
    unsigned flags;                  /* enum tb_field_flag */
    unsigned calls;                  /* enum tb_call */
    const char *currency;            /* TB_MONEY: the field with the currency's code */
    const struct tb_choice *choices; /* ends with value NULL */
    const char *unset;               /* what no value means: "0"; NULL: that it is not known */
    const struct tb_entity *ref;     /* the value is that entity's origin id ... */
    const char *link;                /* ... and this column holds its local id */
    enum tb_fold fold;               /* of a column that holds the fields of `via` for comparison */
    const char *via;  /* TB_FOLDED: see there. TB_DERIVED link: taken from the row that this field
                         refers to ("website_id" of the store named by "store_origin_id") */
    const char *look; /* TB_LOOKED: that column of the row that `link` points to; TB_SPELLED: SQL */
};

/* What it means that a full answer does not list a child that is stored. */
enum tb_absence {
    TB_ABSENT_REPLACE, /* deleted (order items) */
    TB_ABSENT_REMOVE,  /* deleted, with a history row (customer addresses) */
    TB_ABSENT_FLAG,    /* kept, removed_at set while the parent is open (cart items) */
    TB_ABSENT_KEEP     /* kept (notes: the store only ever adds) */
};

struct tb_child {
    const struct tb_entity *entity;
    const char *m1; /* element(s) of the parent's answer, comma separated: "items" or
                       "billing_address,shipping_address"; a list element or one object */
    const char *m2;
    unsigned calls;   /* the calls that carry this child at all */
    bool by_position; /* where the answer has no id (decoded as NULL), the upsert numbers the list
                         -n .. -1: lists are newest first, so a row keeps its number. Others are
                         numbered by their parent and place */
    enum tb_absence absence;
    const char *while_flag; /* absence means something only while this flag of the parent is 1 */
    const char *part; /* several elements: the field that says which of them a row is of ("billing"
                         for "billing_address"); NULL: there is one */
};

struct tb_entity {
    const char *name;              /* "order": in exports, on the command line, in history */
    const char *table;             /* "orders" */
    const char *label;             /* N_("Order") */
    const char *labels;            /* N_("Orders") */
    const struct tb_field *fields; /* fields[0] is origin_id */
    size_t field_count;
    const struct tb_child *children;
    size_t child_count;
    const struct tb_entity *parent; /* children only: the parent's local id is in parent_id */
    const char *sort;               /* default sort of the list: "created_at" or "-created_at" */
    const char *tie;                /* a text that orders rows equal in it; NULL: their ids do */
    const char *title;              /* field that names a record: "increment_id" */
    const char *line;     /* children: the fields that name one in a history, blanks between */
    const char *canceled; /* when a row counts in no figures, as SQL over it (t); NULL: never */
    const char *kin;      /* values beyond the table that hold the number of a record which this one
                             continues or is continued by, as SQL lists them; NULL: none */
    const char
        *repeated; /* elements that only repeat the parent's id, commas between; NULL: none */
};

#define TB_FIELDS_MAX 160 /* per entity; asserted by a test */
#define TB_CHILDREN_MAX 6

extern const struct tb_entity tb_website, tb_store_view, tb_customer_group, tb_region, tb_customer,
    tb_customer_address, tb_cart, tb_cart_item, tb_cart_address, tb_order, tb_order_item,
    tb_order_address, tb_order_note, tb_credit_memo, tb_credit_memo_item, tb_credit_memo_note,
    tb_subscriber;

/* All of them in dependency order; ends with NULL. */
extern const struct tb_entity *const tb_entities[];

const struct tb_entity *tb_entity_find(const char *name); /* NULL: no such entity */
int tb_entity_index(const struct tb_entity *e);           /* its place in tb_entities */
/* Its entry among its parent's children; NULL: it is no child. */
const struct tb_child *tb_child_of(const struct tb_entity *e);
int tb_field_index(const struct tb_entity *e, const char *name); /* -1: no such field */
/* The same, to be counted from at once: a name that is not there is a mistake of ours and ends the
 * program, for values[-1] would be some other memory. */
size_t tb_field_place(const struct tb_entity *e, const char *name);
const struct tb_field *tb_field_find(const struct tb_entity *e, const char *name);
/* What people read for a code in it (TB_COUNTRY, TB_METHOD): its name, or the code itself where
 * that is not known; NULL: the field holds no codes. */
const char *tb_field_code_name(const struct tb_field *f, struct tb_arena *a, const char *code);
/* The column that holds f, and f alone, for comparison that way; NULL: there is none. */
const struct tb_field *tb_field_folded(const struct tb_entity *e, const struct tb_field *f,
                                       enum tb_fold fold);
bool tb_field_is_text(const struct tb_field *f);   /* its column holds text, else int64 */
bool tb_field_is_stored(const struct tb_field *f); /* it has a column */
const struct tb_choice *tb_choice_find(const struct tb_choice *choices, const char *value);

/* The columns that each synced table has beside its fields, in this order. */
#define TB_COMMON_COLUMNS "id, channel_id, imported_at, synced_at, run_id, was_repaired, missing_at"

#endif
