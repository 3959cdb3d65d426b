/* A configuration file. One that is taken must be taken again as it is printed, with the same
 * values. */
#include "base/conf.h"
#include "base/log.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tb_conf *load(const void *data, size_t size)
{
    struct tb_err err = TB_ERR_INIT;
    struct tb_conf *c = NULL;
    char path[32];
    int fd = memfd_create("conf", 0);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
        abort();
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (tb_conf_load(&c, path, &err) != TB_OK && (err.text[0] == '\0' || err.code == TB_OK)) {
        abort(); /* refused without a word */
    }
    close(fd);
    return c;
}

static char *print(const struct tb_conf *c, size_t *len)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, len);

    tb_conf_print(c, out);
    fclose(out);
    return text;
}

/* Without the comments, of which one names the file. */
static bool has_same_values(const char *a, const char *b)
{
    const char *from_a = strstr(a, "\ndatabase");
    const char *from_b = strstr(b, "\ndatabase");

    return from_a != NULL && from_b != NULL && strcmp(from_a, from_b) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tb_conf *c = NULL;
    struct tb_conf *again = NULL;
    char *text = NULL;
    char *twice = NULL;
    size_t len = 0;

    tb_log_level(TB_LOG_ERROR);
    c = load(data, size);
    if (c == NULL) {
        return 0;
    }
    text = print(c, &len);
    again = load(text, len);
    if (again == NULL) {
        abort();
    }
    twice = print(again, &len);
    if (!has_same_values(text, twice)) {
        abort();
    }
    free(text);
    free(twice);
    tb_conf_free(c);
    tb_conf_free(again);
    return 0;
}
