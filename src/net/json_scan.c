#include "net/json_scan.h"

#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define NUMBER_SIZE 1024 /* the longest number that is read; no double needs more */

void tw_json_scan_init(struct tw_json_scan *scan, const char *text, size_t size, char *strings)
{
    *scan = (struct tw_json_scan){.text = text, .at = text, .end = text + size, .strings = strings};
}

static bool fail(struct tw_json_scan *scan, const char *error)
{
    if (scan->error == NULL) scan->error = error;
    return false;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

char tw_json_scan_peek(struct tw_json_scan *scan)
{
    const char *at = scan->at;
    while (at < scan->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    scan->at = at;
    return at < scan->end && scan->error == NULL ? *at : 0;
}

bool tw_json_scan_open(struct tw_json_scan *scan, char bracket)
{
    if (tw_json_scan_peek(scan) != bracket) return fail(scan, "a bracket is missing");
    if (scan->depth >= TW_JSON_DEPTH_MAX) return fail(scan, "brackets nest too deeply");
    scan->depth++;
    scan->at++;
    return true;
}

bool tw_json_scan_more(struct tw_json_scan *scan, char bracket, bool first)
{
    char c = tw_json_scan_peek(scan);
    if (c == (bracket == '{' ? '}' : ']')) {
        scan->at++;
        scan->depth--;
        return false;
    }
    if (first) return c != 0 ? true : fail(scan, "the text ends too early");
    if (c != ',') return fail(scan, c == 0 ? "the text ends too early" : "a comma is missing");
    scan->at++;
    /* What follows a comma is a value; the bracket's end is refused where a value is read. */
    return true;
}

static int hex_of(char c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four hexadecimal digits at `at`; -1: they are none. */
static int32_t unit_of(const struct tw_json_scan *scan, const char *at)
{
    int32_t value = 0;
    if (scan->end - at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_of(at[i]);
        if (digit < 0) return -1;
        value = 16 * value + digit;
    }
    return value;
}

/* A code point as UTF-8; what follows it. */
static char *put_code(char *out, int32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | (code >> 6));
        *out++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | (code >> 12));
        *out++ = (char)(0x80 | ((code >> 6) & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xF0 | (code >> 18));
        *out++ = (char)(0x80 | ((code >> 12) & 0x3F));
        *out++ = (char)(0x80 | ((code >> 6) & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

/* \uXXXX behind the backslash, a pair of surrogates where it is one. */
static bool take_unit(struct tw_json_scan *scan, char **out)
{
    int32_t code = unit_of(scan, scan->at + 1);
    if (code < 0) return fail(scan, "\\u needs four hexadecimal digits");
    scan->at += 5;
    if (code >= 0xDC00 && code < 0xE000) return fail(scan, "half a pair of \\u");
    if (code >= 0xD800 && code < 0xDC00) {
        bool pair = scan->end - scan->at >= 6 && scan->at[0] == '\\' && scan->at[1] == 'u';
        int32_t low = pair ? unit_of(scan, scan->at + 2) : -1;
        if (low < 0xDC00 || low >= 0xE000) return fail(scan, "half a pair of \\u");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        scan->at += 6;
    }
    if (code == 0) return fail(scan, "\\u0000 is not allowed");
    *out = put_code(*out, code);
    return true;
}

static bool take_escape(struct tw_json_scan *scan, char **out)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    scan->at++;
    if (scan->at >= scan->end) return fail(scan, "the text ends too early");
    if (*scan->at == 'u') return take_unit(scan, out);
    const char *found = *scan->at == 0 ? NULL : strchr(from, *scan->at);
    if (found == NULL) return fail(scan, "no such escape");
    *(*out)++ = to[found - from];
    scan->at++;
    return true;
}

/* Bytes of the UTF-8 sequence at `at`; 0: it is none (RFC 3629, section 4). */
static int sequence_of(const char *text, const char *end)
{
    const unsigned char *s = (const unsigned char *)text;
    ptrdiff_t left = end - text;
    int length = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || left < length) return 0;
    for (int i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80) return 0;
    }
    if (s[0] == 0xE0 && s[1] < 0xA0) return 0; /* longer than need be */
    if (s[0] == 0xED && s[1] > 0x9F) return 0; /* a surrogate */
    if (s[0] == 0xF0 && s[1] < 0x90) return 0;
    if (s[0] == 0xF4 && s[1] > 0x8F) return 0; /* beyond U+10FFFF */
    return length;
}

bool tw_json_scan_string(struct tw_json_scan *scan, const char **out_text)
{
    if (tw_json_scan_peek(scan) != '"') return fail(scan, "a text is missing");
    scan->at++;
    char *out = scan->strings;
    for (;;) {
        const char *plain = scan->at;
        while (scan->at < scan->end && (unsigned char)*scan->at >= 0x20 && *scan->at != '"' &&
               *scan->at != '\\' && (unsigned char)*scan->at < 0x80) {
            scan->at++;
        }
        memcpy(out, plain, (size_t)(scan->at - plain));
        out += scan->at - plain;
        if (scan->at >= scan->end) return fail(scan, "the text ends too early");
        unsigned char c = (unsigned char)*scan->at;
        if (c == '"') break;
        if (c == '\\') {
            if (!take_escape(scan, &out)) return false;
            continue;
        }
        if (c < 0x20) return fail(scan, "a control character in a text");
        int length = sequence_of(scan->at, scan->end);
        if (length == 0) return fail(scan, "the text is not UTF-8");
        memcpy(out, scan->at, (size_t)length);
        out += length;
        scan->at += length;
    }
    scan->at++;
    *out++ = 0;
    *out_text = scan->strings;
    scan->strings = out; /* never more than was read: two quotes became one NUL */
    return true;
}

bool tw_json_scan_key(struct tw_json_scan *scan, const char **out_key)
{
    if (!tw_json_scan_string(scan, out_key)) return false;
    if (tw_json_scan_peek(scan) != ':') return fail(scan, "a colon is missing");
    scan->at++;
    return true;
}

/* Digits at `at`: where they end; NULL: there are none. */
static const char *digits_end(const char *at, const char *end)
{
    const char *from = at;
    while (at < end && is_digit(*at))
        at++;
    return at > from ? at : NULL;
}

/* Where the number at `at` ends; NULL: it is none. out_plain: no exponent */
static const char *number_end(const char *at, const char *end, bool *out_plain)
{
    *out_plain = true;
    if (at < end && *at == '-') at++;
    bool zero = at < end && *at == '0';
    const char *next = digits_end(at, end);
    if (next == NULL || (zero && next - at > 1)) return NULL;
    at = next;
    if (at < end && *at == '.') {
        at = digits_end(at + 1, end);
        if (at == NULL) return NULL;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        *out_plain = false;
        at++;
        if (at < end && (*at == '+' || *at == '-')) at++;
        at = digits_end(at, end);
    }
    return at;
}

/* Up to 15 digits, a power of ten up to 15: both are exact doubles, so one rounding is right. */
static double quick_value(const char *at, const char *end)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    int64_t whole = 0;
    const char *point = NULL;
    bool negative = *at == '-';
    for (at += negative; at < end; at++) {
        if (*at == '.') {
            point = at;
        } else {
            whole = 10 * whole + (*at - '0');
        }
    }
    double value = (double)whole;
    if (point != NULL) value /= powers[end - point - 1];
    return negative ? -value : value;
}

bool tw_json_scan_number(struct tw_json_scan *scan, double *out_value)
{
    (void)tw_json_scan_peek(scan);
    bool plain = false;
    const char *end = number_end(scan->at, scan->end, &plain);
    if (end == NULL) return fail(scan, "a value is missing or is none that JSON knows");
    size_t length = (size_t)(end - scan->at);
    if (plain && length <= 15) {
        *out_value = quick_value(scan->at, end);
        scan->at = end;
        return true;
    }
    char copy[NUMBER_SIZE];
    if (length >= sizeof copy) return fail(scan, "a number is longer than 1023 characters");
    memcpy(copy, scan->at, length);
    copy[length] = 0;
    if (tw_text_double(copy, out_value) != TW_OK) return fail(scan, "a number is too large");
    scan->at = end;
    return true;
}

static bool skip_word(struct tw_json_scan *scan, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0) {
        return fail(scan, "a value is missing or is none that JSON knows");
    }
    scan->at += length;
    return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): TW_JSON_DEPTH_MAX deep at most */
bool tw_json_scan_skip(struct tw_json_scan *scan)
{
    char c = tw_json_scan_peek(scan);
    const char *text = NULL;
    double number = 0.0;
    if (c == '"') return tw_json_scan_string(scan, &text);
    if (c == 't') return skip_word(scan, "true");
    if (c == 'f') return skip_word(scan, "false");
    if (c == 'n') return skip_word(scan, "null");
    if (c != '{' && c != '[') return tw_json_scan_number(scan, &number);
    if (!tw_json_scan_open(scan, c)) return false;
    for (bool first = true; tw_json_scan_more(scan, c, first); first = false) {
        if (c == '{' && !tw_json_scan_key(scan, &text)) return false;
        if (!tw_json_scan_skip(scan)) return false;
    }
    return scan->error == NULL;
}

bool tw_json_scan_end(struct tw_json_scan *scan)
{
    (void)tw_json_scan_peek(scan);
    if (scan->error != NULL) return false;
    return scan->at == scan->end ? true : fail(scan, "something follows the end");
}

void tw_json_scan_place(const struct tw_json_scan *scan, size_t *out_line, size_t *out_column)
{
    size_t line = 1;
    size_t column = 1;
    for (const char *at = scan->text; at < scan->at; at++) {
        column++;
        if (*at == '\n') {
            line++;
            column = 1;
        }
    }
    *out_line = line;
    *out_column = column;
}
