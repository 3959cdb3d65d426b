/* The document's start, and the repair of its bytes.
 *
 * Both look at one place and may find that the chunk ends too early to decide; the undecided bytes
 * are then kept for the next chunk. References inside of CDATA are taken for references too; no
 * SOAP server writes CDATA.
 */
#include "magento/clean.h"

#include <ctype.h>
#include <iconv.h>
#include <stdint.h>
#include <strings.h>

#define REPLACEMENT "\xEF\xBF\xBD"
#define DECLARATION_MAX 256 /* bytes from <?xml to ?> */
#define REFERENCE_MAX 12    /* bytes from & to ; */

void tb_clean_init(struct tb_clean *c, const char *root)
{
    memset(c, 0, sizeof(*c));
    c->root = root;
    c->is_utf8 = true;
    tb_buf_init(&c->head, TB_CLEAN_HEAD);
    tb_buf_init(&c->joined, TB_CLEAN_HEAD + sizeof(c->part));
}

void tb_clean_free(struct tb_clean *c)
{
    tb_buf_free(&c->head);
    tb_buf_free(&c->joined);
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

enum found { FOUND_NOT, FOUND_PERHAPS, FOUND };

/* Does the text that begins with "<" begin the document? */
static enum found at_root(const char *s, size_t len, const char *root)
{
    size_t name = 1;
    size_t i = 1;
    size_t root_len = strlen(root);

    for (; i < len && i < 64 && (isalnum((unsigned char)s[i]) || is_one_of(s[i], "-_.:")); i++) {
        if (s[i] == ':') {
            name = i + 1;
        }
    }
    if (i == len) {
        return FOUND_PERHAPS;
    }
    return i - name == root_len && memcmp(s + name, root, root_len) == 0 ? FOUND : FOUND_NOT;
}

static enum found at_declaration(const char *s, size_t len)
{
    size_t known = len < 5 ? len : 5;

    if (memcmp(s, "<?xml", known) != 0) {
        return FOUND_NOT;
    }
    if (len > 5 && !isspace((unsigned char)s[5])) {
        return FOUND_NOT;
    }
    if (memmem(s, len, "?>", 2) != NULL || len >= DECLARATION_MAX) {
        return FOUND;
    }
    return FOUND_PERHAPS;
}

/* A page for people must stay one: nothing inside of it is the start of an answer. */
static bool is_document_type(const struct tb_buf *head)
{
    size_t i = 0;

    while (i < head->len &&
           (isspace((unsigned char)head->data[i]) || is_one_of(head->data[i], "\xEF\xBB\xBF"))) {
        i++;
    }
    return head->len - i >= 9 && strncasecmp(head->data + i, "<!DOCTYPE", 9) == 0;
}

static enum found find_start(struct tb_clean *c, size_t *start)
{
    const struct tb_buf *head = &c->head;

    if (is_document_type(head)) {
        return FOUND_NOT;
    }
    while (c->searched < head->len) {
        const char *at = memchr(head->data + c->searched, '<', head->len - c->searched);
        enum found found = FOUND_NOT;
        if (at == NULL) {
            c->searched = head->len;
            return FOUND_NOT;
        }
        *start = (size_t)(at - head->data);
        found = at_declaration(at, head->len - *start);
        if (found == FOUND_NOT) {
            found = at_root(at, head->len - *start, c->root);
        }
        if (found != FOUND_NOT) {
            c->searched = *start;
            return found;
        }
        c->searched = *start + 1;
    }
    return FOUND_NOT;
}

/* An encoding that nobody can convert is taken for UTF-8: the parser would guess, and differently
 * as the bytes are cut. */
static bool can_convert(const char *name, size_t len)
{
    char text[40] = "";
    iconv_t known;

    if (len == 0 || len >= sizeof text) {
        return false;
    }
    memcpy(text, name, len);
    known = iconv_open("UTF-8", text);
    if (known == (iconv_t)-1) {
        return false;
    }
    iconv_close(known);
    return true;
}

/* Only UTF-8 is repaired here: what is declared as something else the parser converts. */
static bool declares_utf8(const char *s, size_t len)
{
    const char *end = memmem(s, len, "?>", 2);
    const char *name = NULL;

    if (end == NULL || at_declaration(s, len) != FOUND) {
        return true;
    }
    name = memmem(s, (size_t)(end - s), "encoding", 8);
    if (name == NULL) {
        return true;
    }
    name += 8;
    while (name < end && (isspace((unsigned char)*name) || is_one_of(*name, "='\""))) {
        name++;
    }
    if (strncasecmp(name, "utf-8", 5) == 0 || strncasecmp(name, "us-ascii", 8) == 0) {
        return true;
    }
    for (len = 0;
         name + len < end && !isspace((unsigned char)name[len]) && !is_one_of(name[len], "'\"?");) {
        len++;
    }
    return !can_convert(name, len);
}

static bool is_xml_char(uint32_t code)
{
    return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0xD800) ||
           (code > 0xDFFF && code < 0xFFFE) || (code > 0xFFFF && code < 0x110000);
}

/* How many bytes at s belong together: 0 when the chunk ends too early to say; *is_good tells
 * whether they may stay. A sequence goes bad one byte at a time. */
static size_t sequence(const unsigned char *s, size_t len, bool *is_good)
{
    size_t need = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    uint32_t code = s[0] & (0xFFu >> (need + 1));
    static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};

    *is_good = s[0] >= 0xC2 && s[0] <= 0xF4;
    for (size_t i = 1; i < need && *is_good; i++) {
        if (i == len) {
            return 0;
        }
        *is_good = (s[i] & 0xC0) == 0x80;
        code = code << 6 | (s[i] & 0x3Fu);
    }
    *is_good = *is_good && code >= lowest[need] && is_xml_char(code);
    return *is_good ? need : 1;
}

/* The same for "&": all but references to what XML does not allow may stay. */
static size_t reference(const char *s, size_t len, bool *is_good)
{
    uint32_t code = 0;
    bool is_hex = len > 2 && s[2] == 'x';
    size_t i = is_hex ? 3 : 2;

    *is_good = true;
    if (len < 3) {
        return len == 2 && s[1] != '#' ? 1 : 0;
    }
    if (s[1] != '#') {
        return 1;
    }
    for (; i < len && i < REFERENCE_MAX && isxdigit((unsigned char)s[i]); i++) {
        unsigned char digit = (unsigned char)s[i];
        int value = isdigit(digit) ? digit - '0' : tolower(digit) - 'a' + 10;
        code = code * (is_hex ? 16 : 10) + (uint32_t)value;
    }
    if (i == len && i < REFERENCE_MAX) {
        return 0;
    }
    if (i == len || i == REFERENCE_MAX || s[i] != ';') {
        return 1;
    }
    *is_good = is_xml_char(code);
    return *is_good ? 1 : i + 1;
}

static bool is_plain(const struct tb_clean *c, unsigned char byte)
{
    if (byte >= 0x80) {
        return !c->is_utf8;
    }
    return byte != '&' && (byte >= 0x20 || byte == '\n' || byte == '\t' || byte == '\r');
}

#define EACH_BYTE UINT64_C(0x0101010101010101)
#define HIGH_BITS (0x80 * EACH_BYTE)

/* The highest bit of bytes that are below n, which is at most 0x80; of bytes behind such a one it
 * may be set, too. */
static uint64_t below(uint64_t eight, unsigned n)
{
    return (eight - n * EACH_BYTE) & ~eight & HIGH_BITS;
}

#define LINE 64

/* Without a branch inside, so that the compiler looks at many bytes at once. */
static bool is_plain_line(const char *s)
{
    unsigned char bad = 0;

    for (size_t i = 0; i < LINE; i++) {
        unsigned char byte = (unsigned char)s[i];
        bool is_blank = (byte == '\n') | (byte == '\t') | (byte == '\r');
        bad |= (unsigned char)((byte >= 0x80) | ((byte < 0x20) & !is_blank) | (byte == '&'));
    }
    return bad == 0;
}

/* Where the first byte is that is not plain, looking at many at a time: nearly all are. */
static size_t plain_run(const struct tb_clean *c, const char *s, size_t i, size_t len)
{
    uint64_t eight = 0;

    while (i < len) {
        while (c->is_utf8 && len - i >= LINE && is_plain_line(s + i)) {
            i += LINE;
        }
        while (c->is_utf8 && len - i >= sizeof eight) {
            memcpy(&eight, s + i, sizeof eight);
            if ((eight & HIGH_BITS) | below(eight, 0x20) | below(eight ^ ('&' * EACH_BYTE), 1)) {
                break;
            }
            i += sizeof eight;
        }
        for (size_t end = len - i > sizeof eight ? i + sizeof eight : len; i < end; i++) {
            if (!is_plain(c, (unsigned char)s[i])) {
                return i;
            }
        }
    }
    return i;
}

/* Copies s to out, cleaned; what cannot be decided yet stays in c->part. */
static void repair(struct tb_clean *c, const char *s, size_t len, struct tb_buf *out)
{
    size_t i = 0;

    while (i < len) {
        size_t run = plain_run(c, s, i, len);
        size_t bytes = 1;
        bool is_good = false;

        tb_buf_add(out, s + i, run - i);
        i = run;
        if (i == len) {
            break;
        }
        if (s[i] == '&') {
            bytes = reference(s + i, len - i, &is_good);
        } else if ((unsigned char)s[i] >= 0x80) {
            bytes = sequence((const unsigned char *)s + i, len - i, &is_good);
        }
        if (bytes == 0) {
            c->part_len = len - i;
            memcpy(c->part, s + i, c->part_len);
            break;
        }
        if (is_good) {
            tb_buf_add(out, s + i, bytes);
        } else {
            tb_buf_puts(out, REPLACEMENT);
            c->was_repaired = true;
        }
        i += bytes;
    }
}

static void repair_joined(struct tb_clean *c, const char *data, size_t len, struct tb_buf *out)
{
    if (c->part_len == 0) {
        repair(c, data, len, out);
        return;
    }
    tb_buf_reset(&c->joined);
    tb_buf_add(&c->joined, c->part, c->part_len);
    tb_buf_add(&c->joined, data, len);
    c->part_len = 0;
    repair(c, c->joined.data, c->joined.len, out);
}

bool tb_clean_feed(struct tb_clean *c, const char *data, size_t len, struct tb_buf *out)
{
    size_t taken = 0;
    size_t start = 0;

    if (!c->has_started) {
        taken = len < c->head.max - c->head.len ? len : c->head.max - c->head.len;
        tb_buf_add(&c->head, data, taken);
        if (find_start(c, &start) != FOUND) {
            return c->head.len < c->head.max;
        }
        c->has_started = true;
        c->skipped = start;
        c->is_utf8 = declares_utf8(c->head.data + start, c->head.len - start);
        repair(c, c->head.data + start, c->head.len - start, out);
    }
    while (taken < len) {
        size_t step = len - taken < TB_CLEAN_HEAD ? len - taken : TB_CLEAN_HEAD;
        repair_joined(c, data + taken, step, out);
        taken += step;
    }
    return true;
}

void tb_clean_end(struct tb_clean *c, struct tb_buf *out)
{
    /* A cut "&" goes on as it is: the parser shall see that the document is broken. */
    if (c->part_len > 0 && c->part[0] == '&') {
        tb_buf_add(out, c->part, c->part_len);
    } else if (c->part_len > 0) {
        tb_buf_puts(out, REPLACEMENT);
        c->was_repaired = true;
    }
    c->part_len = 0;
}
