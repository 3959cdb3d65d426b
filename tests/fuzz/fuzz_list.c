/* A list's address: the first byte says which list, and whether as a page or as a file; the rest is
 * its query. It is understood or refused: never an error of ours. */
#include "web.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const lists[] = {"/orders",      "/carts",     "/customers", "/credit-memos",
                                        "/subscribers", "/sync/runs", "/outbox",    "/search"};
    char uri[4096];
    const char *const variables[] = {
        "REQUEST_METHOD", "GET",         "REQUEST_URI", uri, "HTTP_COOKIE",
        fuzz_cookie,      "REMOTE_ADDR", "192.0.2.7",   NULL};
    struct fake f;
    int len = 0;

    if (size < 1 || size > 3000) {
        return 0;
    }
    fuzz_begin();
    len = snprintf(uri, sizeof uri, "%s%s?", lists[data[0] % 8],
                   data[0] % 8 < 5 && data[0] >= 128 ? ".csv" : "");
    memcpy(uri + len, data + 1, size - 1);
    uri[(size_t)len + size - 1] = '\0';
    fake_init(&f, variables, NULL);
    fuzz_serve(&f);
    fuzz_end(&f);
    return 0;
}
