#include "server/roles.h"

#include "check.h"
#include "net/sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static tw_status load(const char *text, tw_faults *faults, struct tw_roles **out_roles)
{
    char path[] = "/tmp/tw_roles_test_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
    tw_status status = tw_roles_load(path, "own", faults, out_roles);
    (void)unlink(path);
    return status;
}

static void without_tokens_the_person_at_the_machine_has_every_role(void **state)
{
    (void)state;
    struct tw_roles *roles = NULL;
    char who[TW_HTTP_WHO_SIZE];
    assert_ok(tw_roles_load(NULL, "own", NULL, &roles));
    unsigned bits = tw_roles_of(roles, NULL, who);
    assert_true((bits & TW_ROLE_OPERATOR) != 0 && (bits & TW_ROLE_AUDITOR) != 0);
    assert_string_equal(who, "local");
    tw_roles_destroy(roles);
}

static void a_token_has_the_role_of_its_line(void **state)
{
    (void)state;
    static const char *const words[] = {"viewer",  "device",     "operator",
                                        "auditor", "dispatcher", "admin"};
    static const unsigned bits[] = {TW_ROLE_VIEWER,
                                    TW_ROLE_DEVICE,
                                    TW_ROLE_VIEWER | TW_ROLE_OPERATOR,
                                    TW_ROLE_VIEWER | TW_ROLE_AUDITOR,
                                    TW_ROLE_VIEWER | TW_ROLE_DISPATCHER,
                                    TW_ROLE_VIEWER | TW_ROLE_DEVICE | TW_ROLE_OPERATOR |
                                        TW_ROLE_AUDITOR | TW_ROLE_DISPATCHER};
    char text[1000] = "# tokens\n\n";
    for (int i = 0; i < 6; i++) {
        char hex[TW_SHA256_HEX_SIZE];
        tw_sha256_hex(words[i], strlen(words[i]), hex); /* the token is the role's own name */
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s %s name%d # x\n",
                       words[i], hex, i);
    }
    tw_faults *faults = NULL;
    struct tw_roles *roles = NULL;
    assert_ok(tw_faults_create(0, &faults));
    assert_ok(load(text, faults, &roles));
    for (int i = 0; i < 6; i++) {
        char who[TW_HTTP_WHO_SIZE];
        char name[16];
        (void)snprintf(name, sizeof name, "name%d", i);
        assert_int_equal(tw_roles_of(roles, words[i], who), bits[i]);
        assert_string_equal(who, name);
    }
    char who[TW_HTTP_WHO_SIZE];
    assert_int_equal(tw_roles_of(roles, "own", who), TW_ROLE_DEVICE);
    tw_roles_own_dispatches(roles);
    assert_int_equal(tw_roles_of(roles, "own", who), TW_ROLE_DEVICE | TW_ROLE_DISPATCHER);
    assert_int_equal(tw_roles_of(roles, "device", who), TW_ROLE_DEVICE);
    assert_int_equal(tw_roles_of(roles, "guess", who), 0);
    assert_int_equal(tw_roles_of(roles, "", who), 0);
    assert_int_equal(tw_roles_of(roles, NULL, who), 0);
    tw_roles_destroy(roles);
    tw_faults_destroy(faults);
}

static void everybody_may_look_only_where_the_file_says_so(void **state)
{
    (void)state;
    tw_faults *faults = NULL;
    struct tw_roles *roles = NULL;
    char who[TW_HTTP_WHO_SIZE];
    assert_ok(tw_faults_create(0, &faults));
    assert_ok(load("viewer anonymous\n", faults, &roles));
    assert_int_equal(tw_roles_of(roles, NULL, who), TW_ROLE_VIEWER);
    assert_int_equal(tw_roles_of(roles, "guess", who), 0); /* a wrong token is no anonymity */
    tw_roles_destroy(roles);
    assert_status(load("admin anonymous\n", faults, &roles), TW_ERR_INPUT);
    tw_faults_destroy(faults);
}

static void faults_of_the_file_are_told_by_line(void **state)
{
    (void)state;
    tw_faults *faults = NULL;
    struct tw_roles *roles = NULL;
    assert_ok(tw_faults_create(0, &faults));
    assert_status(load("viewer 1234\nking 5\n\nviewer\n", faults, &roles), TW_ERR_INPUT);
    assert_int_equal(tw_faults_count(faults), 3);
    assert_int_equal(tw_faults_get(faults, 0).line, 1);
    assert_int_equal(tw_faults_get(faults, 1).line, 2);
    assert_int_equal(tw_faults_get(faults, 2).line, 4);
    assert_status(tw_roles_load("/nowhere", NULL, faults, &roles), TW_ERR_FILE);
    assert_null(roles);
    tw_faults_destroy(faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_tokens_the_person_at_the_machine_has_every_role),
        cmocka_unit_test(a_token_has_the_role_of_its_line),
        cmocka_unit_test(everybody_may_look_only_where_the_file_says_so),
        cmocka_unit_test(faults_of_the_file_are_told_by_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
