#include "synth/put.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static void put(tw_outfile *file, const char *text, size_t length, int width)
{
    static const char blanks[] = "                        ";
    (void)tw_outfile_write(file, text, length);
    if (width == 0) return;
    size_t fill = (size_t)width > length + 1 ? (size_t)width - length : 1;
    (void)tw_outfile_write(file, blanks, fill < sizeof blanks - 1 ? fill : sizeof blanks - 1);
}

void tw_put_text(tw_outfile *file, const char *text, int width)
{
    put(file, text, strlen(text), width);
}

void tw_put_number(tw_outfile *file, double value, int decimals, int width)
{
    static const double power[] = {1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6};
    int64_t whole = (int64_t)floor(fabs(value) * power[decimals] + 0.5);
    char text[32], *at = text + sizeof text;
    int digits = 0;
    int64_t rest = whole;
    do {
        if (digits == decimals && decimals > 0) *--at = '.';
        *--at = (char)('0' + rest % 10);
        rest /= 10;
        digits++;
    } while (rest > 0 || digits <= decimals);
    if (value < 0.0 && whole > 0) *--at = '-';
    put(file, at, (size_t)(text + sizeof text - at), width);
}

void tw_put_end(tw_outfile *file) { (void)tw_outfile_write(file, "\n", 1); }
