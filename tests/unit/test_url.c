/* Addresses: which are private, and how one that a person typed is split. */
#include "net/http.h"
#include "net/private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static void test_private_addresses(void **state)
{
    static const struct {
        const char *ip;
        bool is_private;
    } CASES[] = {
        {"127.0.0.1", true},
        {"127.255.255.255", true},
        {"126.255.255.255", false},
        {"128.0.0.1", false},
        {"10.0.0.1", true},
        {"11.0.0.0", false},
        {"172.15.255.255", false},
        {"172.16.0.0", true},
        {"172.31.255.255", true},
        {"172.32.0.0", false},
        {"192.168.1.1", true},
        {"192.169.0.0", false},
        {"169.254.169.254", true},
        {"100.63.255.255", false},
        {"100.64.0.0", true},
        {"100.127.255.255", true},
        {"100.128.0.0", false},
        {"0.0.0.0", true},
        {"0.1.2.3", true},
        {"192.0.0.8", true},
        {"192.0.1.1", false},
        {"198.17.255.255", false},
        {"198.18.0.1", true},
        {"198.19.255.255", true},
        {"198.20.0.0", false},
        {"223.255.255.255", false},
        {"224.0.0.1", true},
        {"240.0.0.1", true},
        {"255.255.255.255", true},
        {"8.8.8.8", false},
        {"::", true},
        {"::1", true},
        {"::ffff:127.0.0.1", true},
        {"::ffff:8.8.8.8", false},
        {"::ffff:10.1.2.3", true},
        {"::ffff:0:127.0.0.1", true},
        {"::10.0.0.1", true},
        {"64:ff9b::7f00:1", true},
        {"64:ff9b::808:808", false},
        {"64:ff9b:1::808:808", true},
        {"2002:7f00:1::1", true},
        {"2002:808:808::1", false},
        {"fc00::1", true},
        {"fdff::1", true},
        {"fe00::1", false},
        {"fe80::1", true},
        {"febf::1", true},
        {"fec0::1", true},
        {"ff02::1", true},
        {"100::1", true},
        {"2606:4700::1111", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct sockaddr_storage storage = {0};
        struct sockaddr_in *in4 = (struct sockaddr_in *)&storage;
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&storage;

        if (strchr(CASES[i].ip, ':')) {
            in6->sin6_family = AF_INET6;
            assert_int_equal(inet_pton(AF_INET6, CASES[i].ip, &in6->sin6_addr), 1);
        } else {
            in4->sin_family = AF_INET;
            assert_int_equal(inet_pton(AF_INET, CASES[i].ip, &in4->sin_addr), 1);
        }
        if (tb_net_is_private((struct sockaddr *)&storage) != CASES[i].is_private) {
            fail_msg("%s", CASES[i].ip);
        }
    }
    assert_true(tb_net_is_private(&(struct sockaddr){.sa_family = AF_UNIX}));
}

static void test_url_split_accepts(void **state)
{
    static const struct {
        const char *url, *origin, *path;
    } CASES[] = {
        {"https://shop.example", "https://shop.example", "/"},
        {"HTTPS://Shop.EXAMPLE:443/Api/V2_soap/?wsdl=1#top", "https://shop.example",
         "/Api/V2_soap/?wsdl=1"},
        {"http://shop.example:80", "http://shop.example", "/"},
        {"http://shop.example:443/a", "http://shop.example:443", "/a"},
        {"https://shop.example:08443", "https://shop.example:8443", "/"},
        {"https://shop.example?wsdl", "https://shop.example", "/?wsdl"},
        {"https://shop.example#x@y", "https://shop.example", "/"},
        {"https://shop.example/a@b:c", "https://shop.example", "/a@b:c"},
        {"http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080", "/x"},
        {"http://[::1]", "http://[::1]", "/"},
        {"http://127.0.0.1:8088/", "http://127.0.0.1:8088", "/"},
        {"https://my_shop-1.xn--mller-kva.example/%C3%A4?u=http://else.example/",
         "https://my_shop-1.xn--mller-kva.example", "/%C3%A4?u=http://else.example/"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char got_origin[128];
        char path[128];
        struct tb_err err = TB_ERR_INIT;

        tb_url_split(CASES[i].url, got_origin, sizeof(got_origin), path, sizeof(path), &err);
        assert_string_equal(err.text, "");
        assert_string_equal(got_origin, CASES[i].origin);
        assert_string_equal(path, CASES[i].path);
    }
}

static void test_url_split_refuses(void **state)
{
    static const struct {
        const char *url, *says;
    } CASES[] = {
        {"", "empty"},
        {"shop.example", "begin it with https://"},
        {"shop.example/?next=https://shop.example", "begin it with https://"},
        {"//shop.example/", "begin it with https://"},
        {"ftp://shop.example/", "only http and https"},
        {"javascript://shop.example/", "only http and https"},
        {"https://user:pass@shop.example/", "web server's user and password"},
        {"https://shop.example@evil.example", "web server's user and password"},
        {"https://shop.example:0/", "port"},
        {"https://shop.example:65536/", "port"},
        {"https://shop.example:/", "port"},
        {"https://shop.example:-1/", "port"},
        {"https://shop.example:+1/", "port"},
        {"https://shop.example:80a/", "port"},
        {"http://[::1]8080/", "port"},
        {"https:///path", "host name"},
        {"https://.shop.example", "host name"},
        {"https://shop..example", "host name"},
        {"https://shop.example./", "host name"},
        {"https://m\xc3\xbcller.example/", "xn--"},
        {"http://[::1", "host name"},
        {"http://[gg::1]/", "host name"},
        {"http://::1/", "host name"},
        {"https://shop.example/a b", "blank"},
        {"https://shop.example/\r\nX: y", "blank"},
        {"https://shop.example\\@evil.example/", "blank"},
        {"https://shop.example/\xc3\xa4", "encoded"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char got_origin[128];
        char path[128];
        struct tb_err err = TB_ERR_INIT;

        if (tb_url_split(CASES[i].url, got_origin, sizeof(got_origin), path, sizeof(path), &err) !=
                TB_E_INPUT ||
            !strstr(err.text, CASES[i].says)) {
            fail_msg("%s: %s", CASES[i].url, err.text);
        }
    }
}

static void test_url_split_refuses_what_does_not_fit(void **state)
{
    char long_url[400] = "https://";
    char got_origin[128];
    char path[16];
    struct tb_err err = TB_ERR_INIT;

    (void)state;
    assert_int_equal(tb_url_split("https://shop.example/0123456789abcde", got_origin,
                                  sizeof(got_origin), path, sizeof(path), &err),
                     TB_E_INPUT);
    tb_err_clear(&err);
    assert_int_equal(
        tb_url_split("https://shop.example/", got_origin, 20, path, sizeof(path), &err),
        TB_E_INPUT);
    tb_err_clear(&err);
    memset(long_url + 8, 'a', 300);
    assert_int_equal(
        tb_url_split(long_url, got_origin, sizeof(got_origin), path, sizeof(path), &err),
        TB_E_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_private_addresses),
        cmocka_unit_test(test_url_split_accepts),
        cmocka_unit_test(test_url_split_refuses),
        cmocka_unit_test(test_url_split_refuses_what_does_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
