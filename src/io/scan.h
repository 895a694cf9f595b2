/* Fields of a line, of a fixed width or up to the next blank, as records of the weather services
 * have them. A field that is not there leaves the place where it was. */
#ifndef TW_IO_SCAN_H
#define TW_IO_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The rest of a line. */
struct tw_scan {
    const char *at, *end;
};

/** The rest of a text behind its first `skip` bytes; nothing when it is not that long. */
struct tw_scan tw_scan_from(const char *text, size_t size, size_t skip);

/** A whole number of at most `width` characters (0: any) behind blanks. */
bool tw_scan_int(struct tw_scan *s, int width, int32_t *out_value);

/** A decimal number behind blanks; what follows it may stand right behind it. */
bool tw_scan_real(struct tw_scan *s, double *out_value);

/** A word of at most `width` characters behind blanks; out_word has width + 1 bytes. */
bool tw_scan_word(struct tw_scan *s, int width, char *out_word);

/** This very character, without blanks before it. */
bool tw_scan_mark(struct tw_scan *s, char mark);

/** The next character, whatever it is. */
bool tw_scan_char(struct tw_scan *s, char *out_char);

/** Go over blanks. */
void tw_scan_blanks(struct tw_scan *s);

#endif
