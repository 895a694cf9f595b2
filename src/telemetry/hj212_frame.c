#include "telemetry/hj212_frame.h"

#include <stdbool.h>
#include <string.h>

enum { HEAD = 6, CHECK = 4 }; /* "##" and the length; the check */

uint16_t tw_hj212_crc(const char *bytes, size_t size)
{
    unsigned check = 0xFFFF;
    for (size_t i = 0; i < size; i++) {
        check = (check >> 8) ^ (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            check = (check & 1) != 0 ? (check >> 1) ^ 0xA001 : check >> 1;
    }
    return (uint16_t)check;
}

/* Bytes between frames that mean nothing: the CR LF after each, and what some modems add. */
static bool is_blank(char c) { return c == '\r' || c == '\n' || c == ' ' || c == '\0'; }

/* The number of four decimal digits; -1 when they are not. */
static int length_of(const char *digits)
{
    int length = 0;
    for (int i = 0; i < 4; i++) {
        if (digits[i] < '0' || digits[i] > '9') return -1;
        length = length * 10 + (digits[i] - '0');
    }
    return length;
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

static bool check_agrees(const char *segment, size_t size)
{
    unsigned stated = 0;
    for (size_t i = 0; i < CHECK; i++) {
        int digit = hex_of(segment[size + i]);
        if (digit < 0) return false;
        stated = stated << 4 | (unsigned)digit;
    }
    return stated == tw_hj212_crc(segment, size);
}

/* Whether another frame begins on a line of its own before this one could be complete: then its
 * length is wrong, and waiting for the rest would swallow its neighbours. */
static bool is_interrupted(const char *bytes, size_t size)
{
    for (const char *at = bytes; (at = memchr(at, '\r', size - (size_t)(at - bytes))) != NULL;
         at++) {
        size_t left = size - (size_t)(at - bytes);
        if (left >= 4 && memcmp(at, "\r\n##", 4) == 0) return true;
    }
    return false;
}

/* Where the next frame may begin: at two #, or at one that ends the bytes. */
static size_t begin_find(const char *bytes, size_t size, size_t at)
{
    while (at < size && !(bytes[at] == '#' && (at + 1 == size || bytes[at + 1] == '#')))
        at++;
    return at;
}

enum tw_hj212_cut tw_hj212_frame_cut(const char *bytes, size_t size, size_t *out_used,
                                     struct tw_hj212_text *out_segment, const char **out_why)
{
    size_t begin = 0;
    while (begin < size && is_blank(bytes[begin]))
        begin++;
    *out_used = begin;
    if (begin == size) return TW_HJ212_MORE;

    size_t at = begin_find(bytes, size, begin);
    if (at > begin) {
        *out_used = at;
        *out_why = "bytes that are no frame";
        return TW_HJ212_BAD;
    }
    if (size - at < HEAD) return TW_HJ212_MORE;

    int length = length_of(bytes + at + 2);
    const char *segment = bytes + at + HEAD;
    size_t there = size - at - HEAD;
    *out_why = NULL;
    if (length < 0) {
        *out_why = "the length is not four digits";
    } else if (there < (size_t)length + CHECK) {
        if (!is_interrupted(segment, there)) return TW_HJ212_MORE;
        *out_why = "the length is wrong";
    } else if (!check_agrees(segment, (size_t)length)) {
        *out_why = "the check (CRC) is wrong";
    }
    if (*out_why != NULL) { /* of three # the last two may begin a frame */
        *out_used = begin_find(bytes, size, at + (bytes[at + 2] == '#' ? 1 : 2));
        return TW_HJ212_BAD;
    }
    *out_segment = (struct tw_hj212_text){segment, (size_t)length};
    *out_used = at + HEAD + (size_t)length + CHECK;
    return TW_HJ212_FRAME;
}

tw_status tw_hj212_frame_add(struct tw_strbuf *out, const char *segment)
{
    size_t size = strlen(segment);
    if (size > TW_HJ212_SEGMENT_MAX) return TW_ERR_FULL;
    return tw_strbuf_printf(out, "##%04d%s%04X\r\n", (int)size, segment,
                            (unsigned)tw_hj212_crc(segment, size));
}
