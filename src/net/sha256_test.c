#include "net/sha256.h"

#include "check.h"

#include <string.h>

/* FIPS 180-4 examples (NIST, SHA256.pdf) and the empty message. */
static void the_standards_examples_come_out(void **state)
{
    (void)state;
    static const struct {
        const char *text, *hash;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char hex[TW_SHA256_HEX_SIZE];
        tw_sha256_hex(cases[i].text, strlen(cases[i].text), hex);
        assert_string_equal(hex, cases[i].hash);
    }
}

static void a_million_letters_come_out(void **state)
{
    (void)state;
    static char text[1000000];
    char hex[TW_SHA256_HEX_SIZE];
    memset(text, 'a', sizeof text);
    tw_sha256_hex(text, sizeof text, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Lengths around the end of a block differ in how the padding falls: all hashes must differ. */
static void every_length_has_its_own_hash(void **state)
{
    (void)state;
    static char seen[200][TW_SHA256_HEX_SIZE];
    char text[200];
    memset(text, 'x', sizeof text);
    for (size_t n = 0; n < 200; n++) {
        tw_sha256_hex(text, n, seen[n]);
        for (size_t i = 0; i < n; i++)
            assert_string_not_equal(seen[i], seen[n]);
    }
}

/* RFC 4231, test case 2. */
static void a_signature_is_that_of_the_standard(void **state)
{
    (void)state;
    char hex[TW_SHA256_HEX_SIZE];
    static const char text[] = "what do ya want for nothing?";
    tw_hmac_sha256_hex("Jefe", text, sizeof text - 1, hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standards_examples_come_out),
        cmocka_unit_test(a_million_letters_come_out),
        cmocka_unit_test(every_length_has_its_own_hash),
        cmocka_unit_test(a_signature_is_that_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
