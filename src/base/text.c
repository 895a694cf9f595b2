#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Enough digits for any double to be read right: 767 decide a tie, what follows only has to be
 * told from nothing. */
enum { MOST_DIGITS = 800, LONGEST_EXPONENT = 100000 };

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* A number taken apart: its digits without leading zeros and without a point, times ten to a
 * power. */
struct decimal {
    int negative;
    int count;
    int any; /* there was a digit at all */
    int64_t exponent;
    char digits[MOST_DIGITS + 32]; /* with room for the exponent that is written behind them */
};

static void take_digit(struct decimal *d, char c, int after_point)
{
    d->any = 1;
    if (c == '0' && d->count == 0) {
        if (after_point) d->exponent--;
        return;
    }
    if (d->count < MOST_DIGITS) {
        d->digits[d->count++] = c;
        if (after_point) d->exponent--;
        return;
    }
    if (!after_point) d->exponent++;
    /* More than the digits that are kept: not nothing is all that matters. */
    if (c != '0' && d->digits[MOST_DIGITS - 1] == '0') d->digits[MOST_DIGITS - 1] = '1';
}

static tw_status take_exponent(struct decimal *d, const char *at)
{
    int negative = *at == '-';
    if (*at == '-' || *at == '+') at++;
    if (!is_digit(*at)) return TW_ERR_FORMAT;
    int64_t value = 0;
    for (; is_digit(*at); at++)
        if (value < LONGEST_EXPONENT) value = 10 * value + (*at - '0');
    if (*at != '\0') return TW_ERR_FORMAT;
    d->exponent += negative ? -value : value;
    return TW_OK;
}

static tw_status take_apart(const char *text, struct decimal *d)
{
    const char *at = text;
    d->negative = *at == '-';
    if (*at == '-' || *at == '+') at++;
    for (; is_digit(*at); at++)
        take_digit(d, *at, 0);
    if (*at == '.')
        for (at++; is_digit(*at); at++)
            take_digit(d, *at, 1);
    if (!d->any) return TW_ERR_FORMAT;
    if (*at == 'e' || *at == 'E') return take_exponent(d, at + 1);
    return *at == '\0' ? TW_OK : TW_ERR_FORMAT;
}

/* Up to 15 digits and a power up to 10^22 are both exact doubles, so one rounding gives the right
 * result (W. D. Clinger, How to read floating point numbers accurately, PLDI 1990). */
static int quick_value(const struct decimal *d, double *out)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (d->count > 15 || d->exponent < -22 || d->exponent > 22) return 0;
    int64_t whole = 0;
    for (int i = 0; i < d->count; i++)
        whole = 10 * whole + (d->digits[i] - '0');
    double value = (double)whole;
    *out = d->exponent < 0 ? value / powers[-d->exponent] : value * powers[d->exponent];
    return 1;
}

tw_status tw_text_double(const char *text, double *out_value)
{
    struct decimal d;
    d.negative = d.count = d.any = 0;
    d.exponent = 0;
    TW_TRY(take_apart(text, &d));
    double value = 0.0;
    if (d.count > 0 && !quick_value(&d, &value)) {
        /* Without a point there is nothing in it that a locale could change. */
        snprintf(d.digits + d.count, sizeof d.digits - (size_t)d.count, "e%lld",
                 (long long)d.exponent);
        value = strtod(d.digits, NULL);
    }
    if (!isfinite(value)) return TW_ERR_FORMAT;
    *out_value = d.negative ? -value : value;
    return TW_OK;
}

tw_status tw_text_int(const char *text, int32_t *out_value)
{
    const char *at = text;
    int negative = *at == '-';
    if (*at == '-' || *at == '+') at++;
    if (!is_digit(*at)) return TW_ERR_FORMAT;
    int64_t value = 0;
    for (; is_digit(*at); at++) {
        value = 10 * value + (*at - '0');
        if (value > (int64_t)INT32_MAX + negative) return TW_ERR_FORMAT;
    }
    if (*at != '\0') return TW_ERR_FORMAT;
    *out_value = (int32_t)(negative ? -value : value);
    return TW_OK;
}

static int lower(char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; }

int tw_text_same(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

/* Room for `count` more bytes and the terminator. */
static tw_status make_room(struct tw_strbuf *buffer, size_t count)
{
    if (buffer->status != TW_OK) return buffer->status;
    if (count > SIZE_MAX / 4 || buffer->length > SIZE_MAX / 4) return buffer->status = TW_ERR_NOMEM;
    size_t need = buffer->length + count + 1;
    if (buffer->limit > 0 && need > buffer->limit) return buffer->status = TW_ERR_FULL;
    if (need <= buffer->capacity) return TW_OK;
    size_t capacity = buffer->capacity < 128 ? 256 : 2 * buffer->capacity;
    if (capacity < need) capacity = need;
    char *text = realloc(buffer->text, capacity);
    if (text == NULL) return buffer->status = TW_ERR_NOMEM;
    buffer->text = text;
    buffer->capacity = capacity;
    return TW_OK;
}

tw_status tw_strbuf_add(struct tw_strbuf *buffer, const char *bytes, size_t count)
{
    TW_TRY(make_room(buffer, count));
    if (count > 0) memcpy(buffer->text + buffer->length, bytes, count);
    buffer->length += count;
    buffer->text[buffer->length] = '\0';
    return TW_OK;
}

tw_status tw_strbuf_add_text(struct tw_strbuf *buffer, const char *text)
{
    return tw_strbuf_add(buffer, text, strlen(text));
}

tw_status tw_strbuf_printf(struct tw_strbuf *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    tw_status status = length < 0 ? TW_ERR_FORMAT : make_room(buffer, (size_t)length);
    if (status == TW_OK) {
        vsnprintf(buffer->text + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
    return status;
}

const char *tw_strbuf_get(const struct tw_strbuf *buffer)
{
    return buffer->text == NULL ? "" : buffer->text;
}

void tw_strbuf_clear(struct tw_strbuf *buffer)
{
    buffer->length = 0;
    buffer->status = TW_OK;
    if (buffer->text != NULL) buffer->text[0] = '\0';
}

void tw_strbuf_done(struct tw_strbuf *buffer)
{
    if (buffer == NULL) return;
    free(buffer->text);
    *buffer = (struct tw_strbuf){.limit = buffer->limit};
}
