#include "net/json.h"

#include "net/iso_time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An element needs a comma before it unless it is the first or the value of a key. The last byte
 * written tells, because no complete value ends with one of these. */
static void separate(struct tw_strbuf *out)
{
    if (out->length == 0) return;
    char last = out->text[out->length - 1];
    if (last != '{' && last != '[' && last != ':' && last != ',') (void)tw_strbuf_add(out, ",", 1);
}

void tw_json_open(struct tw_strbuf *out, char bracket)
{
    separate(out);
    (void)tw_strbuf_add(out, &bracket, 1);
}

void tw_json_close(struct tw_strbuf *out, char bracket) { (void)tw_strbuf_add(out, &bracket, 1); }

/* Bytes of the UTF-8 character at `s`, 0 when it is none (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF). */
static size_t utf8_length(const unsigned char *s)
{
    if (s[0] < 0x80) return 1;
    size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4) return 0;
    unsigned char low = 0x80, high = 0xbf;
    if (s[0] == 0xe0) low = 0xa0;
    if (s[0] == 0xed) high = 0x9f;
    if (s[0] == 0xf0) low = 0x90;
    if (s[0] == 0xf4) high = 0x8f;
    if (s[1] < low || s[1] > high) return 0;
    for (size_t i = 2; i < length; i++) {
        if (s[i] < 0x80 || s[i] > 0xbf) return 0;
    }
    return length;
}

static void add_character(struct tw_strbuf *out, const unsigned char *s, size_t length)
{
    if (length == 0) {
        (void)tw_strbuf_add_text(out, "\xef\xbf\xbd");
    } else if (s[0] == '"' || s[0] == '\\') {
        char escaped[2] = {'\\', (char)s[0]};
        (void)tw_strbuf_add(out, escaped, 2);
    } else if (s[0] < 0x20 || s[0] == 0x7f) {
        (void)tw_strbuf_printf(out, "\\u%04x", s[0]);
    } else {
        (void)tw_strbuf_add(out, (const char *)s, length);
    }
}

static void add_quoted(struct tw_strbuf *out, const char *text)
{
    (void)tw_strbuf_add(out, "\"", 1);
    const unsigned char *s = (const unsigned char *)text;
    while (*s != 0) {
        size_t length = utf8_length(s);
        add_character(out, s, length);
        s += length == 0 ? 1 : length;
    }
    (void)tw_strbuf_add(out, "\"", 1);
}

void tw_json_key(struct tw_strbuf *out, const char *key)
{
    separate(out);
    add_quoted(out, key);
    (void)tw_strbuf_add(out, ":", 1);
}

void tw_json_string(struct tw_strbuf *out, const char *text)
{
    if (text == NULL) {
        tw_json_null(out);
        return;
    }
    separate(out);
    add_quoted(out, text);
}

void tw_json_number(struct tw_strbuf *out, double value, int decimals)
{
    if (!isfinite(value) || fabs(value) > 1e15) {
        tw_json_exact(out, value);
        return;
    }
    char digits[64];
    int length = snprintf(digits, sizeof digits, "%.*f", decimals, value);
    if (decimals > 0) {
        while (digits[length - 1] == '0')
            length--;
        if (digits[length - 1] == '.') length--;
    }
    digits[length] = 0;
    separate(out);
    (void)tw_strbuf_add_text(out, strcmp(digits, "-0") == 0 ? "0" : digits);
}

void tw_json_digits(double value, char out[32])
{
    for (int precision = 15; precision <= 17; precision++) {
        (void)snprintf(out, 32, "%.*g", precision, value);
        if (strtod(out, NULL) == value) break;
    }
}

void tw_json_exact(struct tw_strbuf *out, double value)
{
    if (!isfinite(value)) {
        tw_json_null(out);
        return;
    }
    char digits[32];
    tw_json_digits(value, digits);
    separate(out);
    (void)tw_strbuf_add_text(out, digits);
}

void tw_json_integer(struct tw_strbuf *out, int64_t value)
{
    separate(out);
    (void)tw_strbuf_printf(out, "%lld", (long long)value);
}

void tw_json_bool(struct tw_strbuf *out, bool value)
{
    separate(out);
    (void)tw_strbuf_add_text(out, value ? "true" : "false");
}

void tw_json_null(struct tw_strbuf *out)
{
    separate(out);
    (void)tw_strbuf_add_text(out, "null");
}

void tw_json_raw(struct tw_strbuf *out, const char *json)
{
    separate(out);
    (void)tw_strbuf_add_text(out, json);
}

void tw_json_time(struct tw_strbuf *out, int64_t time_ms, int32_t zone_s)
{
    if (time_ms == INT64_MIN) {
        tw_json_null(out);
        return;
    }
    char text[TW_ISO_TIME_SIZE];
    tw_iso_time_format(time_ms, zone_s, text);
    tw_json_string(out, text);
}

void tw_json_put_text(struct tw_strbuf *out, const char *key, const char *text)
{
    tw_json_key(out, key);
    tw_json_string(out, text);
}

void tw_json_put_number(struct tw_strbuf *out, const char *key, double value, int decimals)
{
    tw_json_key(out, key);
    tw_json_number(out, value, decimals);
}

void tw_json_put_integer(struct tw_strbuf *out, const char *key, int64_t value)
{
    tw_json_key(out, key);
    tw_json_integer(out, value);
}

void tw_json_put_bool(struct tw_strbuf *out, const char *key, bool value)
{
    tw_json_key(out, key);
    tw_json_bool(out, value);
}

void tw_json_put_words(struct tw_strbuf *out, const char *key, const char *zh, const char *en)
{
    tw_json_key(out, key);
    tw_json_open(out, '{');
    tw_json_put_text(out, "zh", zh);
    tw_json_put_text(out, "en", en);
    tw_json_close(out, '}');
}
