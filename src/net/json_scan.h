/* JSON read in one pass, without a tree: for documents that come two hundred times a second.
 *
 * Strict as RFC 8259 has it: UTF-8 is checked, a NUL in a text is refused. The first error stays;
 * every later call fails too. */
#ifndef TW_NET_JSON_SCAN_H
#define TW_NET_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#define TW_JSON_DEPTH_MAX 8

/** A text being read; all members are the scanner's own. */
struct tw_json_scan {
    const char *text, *at, *end;
    char *strings;     /* room for what has been unescaped */
    int depth;         /* of brackets that are open */
    const char *error; /* NULL: none; a constant text */
};

/**
 * Begin.
 *
 * text     [size] borrowed
 * strings  [size + 1] borrowed; the texts that are read are put here and stay
 */
void tw_json_scan_init(struct tw_json_scan *scan, const char *text, size_t size, char *strings);

/** The character that comes next, blanks skipped; 0 at the end. */
char tw_json_scan_peek(struct tw_json_scan *scan);

/** Go into an object or array, '{' or '['. */
bool tw_json_scan_open(struct tw_json_scan *scan, char bracket);

/**
 * Whether a further member or element comes: takes the comma before it, or the bracket that ends.
 *
 * first  true before the first one
 */
bool tw_json_scan_more(struct tw_json_scan *scan, char bracket, bool first);

/** A member's name and the colon after it. */
bool tw_json_scan_key(struct tw_json_scan *scan, const char **out_key);

/** A text. */
bool tw_json_scan_string(struct tw_json_scan *scan, const char **out_text);

/** A number; one that is not finite as a double is an error. */
bool tw_json_scan_number(struct tw_json_scan *scan, double *out_value);

/** Any value, passed over. */
bool tw_json_scan_skip(struct tw_json_scan *scan);

/** Nothing but blanks is left. */
bool tw_json_scan_end(struct tw_json_scan *scan);

/** Where the scanner stands: line and column, from 1. */
void tw_json_scan_place(const struct tw_json_scan *scan, size_t *out_line, size_t *out_column);

#endif
