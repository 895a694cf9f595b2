#include "net/http.h"

#include "check.h"

#include <string.h>

static bool matches(const char *pattern, const char *path, const char *expected)
{
    const char *params[TW_HTTP_PARAMS] = {NULL};
    size_t sizes[TW_HTTP_PARAMS] = {0};
    if (!tw_http_path_matches(pattern, path, params, sizes)) return false;
    if (expected != NULL) {
        assert_int_equal(sizes[0], strlen(expected));
        assert_memory_equal(params[0], expected, sizes[0]);
    }
    return true;
}

static void a_path_matches_segment_by_segment(void **state)
{
    (void)state;
    assert_true(matches("/api/v1/city", "/api/v1/city", NULL));
    assert_false(matches("/api/v1/city", "/api/v1/cit", NULL));
    assert_false(matches("/api/v1/city", "/api/v1/city/", NULL));
    assert_false(matches("/api/v1/city", "/api/v1", NULL));
    assert_true(matches("/api/v1/points/{}/series", "/api/v1/points/P1/series", "P1"));
    assert_true(matches("/points/{}", "/points/易涝", "易涝"));
    assert_false(matches("/api/v1/points/{}/series", "/api/v1/points//series", NULL));
    assert_false(matches("/api/v1/points/{}/series", "/api/v1/points/P1/serie", NULL));
    assert_false(matches("/api/v1/points/{}/series", "/api/v1/points/P1/x/series", NULL));
    assert_false(matches("/{}", "", NULL));
}

static void only_names_that_cannot_be_rebound_are_hosts(void **state)
{
    (void)state;
    static const char *const hosts[] = {"drain.example.org"};
    static const char *const good[] = {"127.0.0.1",  "127.0.0.1:8080",        "localhost:80",
                                       "[::1]:8080", "drain.example.org:443", "192.168.1.5",
                                       "LOCALHOST",  "Drain.Example.Org"};
    static const char *const bad[] = {
        "evil.example", "localhost.evil.example", "127.0.0.1.evil", "", "localhost:80x", "[::1",
        "a@localhost",  "drain.example.org.evil", "127.0.0.1:80/x"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(tw_http_host_allowed(good[i], hosts, 1));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(tw_http_host_allowed(bad[i], hosts, 1));
    }
    assert_true(tw_http_host_allowed(NULL, hosts, 1));
}

static void a_post_must_come_from_this_servers_page(void **state)
{
    (void)state;
    assert_true(tw_http_origin_allowed(NULL, "127.0.0.1:80"));
    assert_true(tw_http_origin_allowed("http://127.0.0.1:80", "127.0.0.1:80"));
    assert_true(tw_http_origin_allowed("https://drain.example", "drain.example"));
    assert_false(tw_http_origin_allowed("http://evil.example", "127.0.0.1:80"));
    assert_false(tw_http_origin_allowed("http://127.0.0.1:81", "127.0.0.1:80"));
    assert_false(tw_http_origin_allowed("null", "127.0.0.1:80"));
    assert_false(tw_http_origin_allowed("http://127.0.0.1:80", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_matches_segment_by_segment),
        cmocka_unit_test(only_names_that_cannot_be_rebound_are_hosts),
        cmocka_unit_test(a_post_must_come_from_this_servers_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
