#include "io/scan.h"

#include "base/text.h"

struct tw_scan tw_scan_from(const char *text, size_t size, size_t skip)
{
    if (skip > size) skip = size;
    return (struct tw_scan){text + skip, text + size};
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

void tw_scan_blanks(struct tw_scan *s)
{
    while (s->at < s->end && is_blank(*s->at))
        s->at++;
}

bool tw_scan_int(struct tw_scan *s, int width, int32_t *out_value)
{
    struct tw_scan rest = *s;
    int64_t value = 0;
    tw_scan_blanks(&rest);
    const char *end = rest.end;
    if (width > 0 && end - rest.at > width) end = rest.at + width;
    const char *at = rest.at;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at++;
    const char *first = at;
    for (; at < end && is_digit(*at); at++)
        if (value <= INT32_MAX) value = 10 * value + (*at - '0');
    if (at == first) return false;
    if (value > INT32_MAX) value = INT32_MAX;
    *out_value = (int32_t)(negative ? -value : value);
    s->at = at;
    return true;
}

static const char *digits_end(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

bool tw_scan_real(struct tw_scan *s, double *out_value)
{
    enum { LONGEST = 64 };
    char text[LONGEST + 1];
    struct tw_scan rest = *s;
    tw_scan_blanks(&rest);
    const char *at = rest.at, *end = rest.end;
    if (at < end && (*at == '-' || *at == '+')) at++;
    at = digits_end(at, end);
    if (at < end && *at == '.') at = digits_end(at + 1, end);
    if (at < end && (*at == 'e' || *at == 'E')) {
        const char *power = at + 1;
        if (power < end && (*power == '-' || *power == '+')) power++;
        if (power < end && is_digit(*power)) at = digits_end(power, end);
    }
    size_t length = (size_t)(at - rest.at);
    if (length > LONGEST) return false;
    for (size_t i = 0; i < length; i++)
        text[i] = rest.at[i];
    text[length] = '\0';
    if (tw_text_double(text, out_value) != TW_OK) return false;
    s->at = at;
    return true;
}

bool tw_scan_word(struct tw_scan *s, int width, char *out_word)
{
    struct tw_scan rest = *s;
    int length = 0;
    tw_scan_blanks(&rest);
    while (rest.at < rest.end && !is_blank(*rest.at) && length < width)
        out_word[length++] = *rest.at++;
    out_word[length] = '\0';
    if (length == 0) return false;
    s->at = rest.at;
    return true;
}

bool tw_scan_mark(struct tw_scan *s, char mark)
{
    if (s->at >= s->end || *s->at != mark) return false;
    s->at++;
    return true;
}

bool tw_scan_char(struct tw_scan *s, char *out_char)
{
    if (s->at >= s->end) return false;
    *out_char = *s->at++;
    return true;
}
