/* Sessions of API users: 32 hex digits, one hour idle on the store's clock, each call renews. */
#include "shop.h"

#include <inttypes.h>
#include <string.h>

#define LIFETIME 3600

static uint64_t next_random(struct rs_shop *shop)
{
    uint64_t x = shop->session_seed += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

void rs_session_new(struct rs_shop *shop, int user, char id[33])
{
    int64_t now = rs_shop_now(shop);
    struct rs_session *oldest = &shop->sessions[0];

    (void)pthread_mutex_lock(&shop->session_lock);
    for (int i = 0; i < RS_SESSIONS; i++) {
        struct rs_session *s = &shop->sessions[i];

        if (!s->open) {
            oldest = s;
            break;
        }
        if (s->used < oldest->used) {
            oldest = s;
        }
    }
    (void)snprintf(oldest->id, sizeof(oldest->id), "%016" PRIx64 "%016" PRIx64, next_random(shop),
                   next_random(shop));
    oldest->used = now;
    oldest->user = user;
    oldest->open = true;
    memcpy(id, oldest->id, sizeof(oldest->id));
    (void)pthread_mutex_unlock(&shop->session_lock);
}

static struct rs_session *find(struct rs_shop *shop, const char *id, int64_t now)
{
    for (int i = 0; i < RS_SESSIONS; i++) {
        struct rs_session *s = &shop->sessions[i];

        if (s->open && strcmp(s->id, id) == 0) {
            /* Idle for more than the lifetime, or used "in the future" after a clock change. */
            if (now - s->used > LIFETIME) {
                s->open = false;
                return NULL;
            }
            return s;
        }
    }
    return NULL;
}

int rs_session_use(struct rs_shop *shop, const char *id)
{
    int64_t now = rs_shop_now(shop);
    struct rs_session *s;
    int user = -1;

    if (rs_shop_settings(shop).any_session) {
        return RS_USER_FULL;
    }
    (void)pthread_mutex_lock(&shop->session_lock);
    s = find(shop, id, now);
    if (s != NULL) {
        s->used = now;
        user = s->user;
    }
    (void)pthread_mutex_unlock(&shop->session_lock);
    return user;
}

bool rs_session_end(struct rs_shop *shop, const char *id)
{
    int64_t now = rs_shop_now(shop);
    struct rs_session *s;

    (void)pthread_mutex_lock(&shop->session_lock);
    s = find(shop, id, now);
    if (s != NULL) {
        s->open = false;
    }
    (void)pthread_mutex_unlock(&shop->session_lock);
    return s != NULL;
}

int rs_session_count(struct rs_shop *shop)
{
    int64_t now = rs_shop_now(shop);
    int n = 0;

    (void)pthread_mutex_lock(&shop->session_lock);
    for (int i = 0; i < RS_SESSIONS; i++) {
        n += shop->sessions[i].open && now - shop->sessions[i].used <= LIFETIME ? 1 : 0;
    }
    (void)pthread_mutex_unlock(&shop->session_lock);
    return n;
}
