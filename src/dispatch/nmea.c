#include "dispatch/nmea.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

enum { SENTENCE_MOST = 120, FIELDS_MOST = 20 };

/* A sentence cut at its commas. */
struct sentence {
    char text[SENTENCE_MOST];
    char *fields[FIELDS_MOST];
    int count;
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

/* "$BODY*HH": HH is the exclusive or of BODY's bytes. */
static const char *open_sentence(struct sentence *s, const char *line, size_t length)
{
    if (length < 4 || length >= sizeof s->text) return "a sentence is too short or too long";
    if (line[0] != '$') return "a sentence does not begin with $";
    const char *star = memchr(line, '*', length);
    if (star == NULL || (size_t)(line + length - star) != 3) return "a sentence has no checksum";
    if (memchr(line, 0, length) != NULL) return "a sentence has a zero byte";
    int high = hex_digit(star[1]), low = hex_digit(star[2]);
    int sum = 0;
    for (const char *at = line + 1; at < star; at++)
        sum ^= (unsigned char)*at;
    if (high < 0 || low < 0 || sum != 16 * high + low) return "a checksum is wrong";
    size_t body = (size_t)(star - line - 1);
    memcpy(s->text, line + 1, body);
    s->text[body] = 0;
    s->count = 0;
    for (char *at = s->text; at != NULL && s->count < FIELDS_MOST;) {
        char *comma = strchr(at, ',');
        if (comma != NULL) *comma = 0;
        s->fields[s->count++] = at;
        at = comma == NULL ? NULL : comma + 1;
    }
    return NULL;
}

/* "DDMM.MMM" and its side; false: it is none. */
static bool read_angle(const char *text, const char *side, const char sides[2], double most,
                       double *out_degrees)
{
    double value = 0.0;
    if (side[0] == 0 || side[1] != 0 || (side[0] != sides[0] && side[0] != sides[1])) return false;
    if (tw_text_double(text, &value) != TW_OK || value < 0.0 || value > 100.0 * most) return false;
    double degrees = (double)((int)(value / 100.0));
    double minutes = value - 100.0 * degrees;
    if (minutes >= 60.0) return false;
    degrees += minutes / 60.0;
    if (degrees > most) return false;
    *out_degrees = side[0] == sides[1] ? -degrees : degrees;
    return true;
}

/* Where in a sentence its position stands, and the field that says that there is one. */
static const struct {
    const char *kind;
    int status, lat;
} kinds[] = {{"GGA", 6, 2}, {"RMC", 2, 3}};

/* Whether the field says that the receiver has a position: quality above 0, or A. */
static bool has_position(const char *status)
{
    return strcmp(status, "A") == 0 || (status[0] >= '1' && status[0] <= '9' && status[1] == 0);
}

/* Take a sentence's position; a reason when it is damaged. */
static const char *take_sentence(const struct sentence *s, struct tw_nmea_fix *fix, bool *out_found)
{
    size_t length = strlen(s->fields[0]);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct tw_nmea_fix found;
        int lat = kinds[k].lat;
        if (length != 5 || strcmp(s->fields[0] + 2, kinds[k].kind) != 0) continue;
        if (s->count < lat + 4 || s->count <= kinds[k].status) return "a sentence lacks fields";
        if (!has_position(s->fields[kinds[k].status])) return NULL;
        if (!read_angle(s->fields[lat], s->fields[lat + 1], "NS", 90.0, &found.lat) ||
            !read_angle(s->fields[lat + 2], s->fields[lat + 3], "EW", 180.0, &found.lon)) {
            return "a latitude or longitude is none";
        }
        *fix = found;
        *out_found = true;
    }
    return NULL;
}

tw_status tw_nmea_read(const char *text, size_t size, struct tw_nmea_fix *out_fix,
                       const char **out_why)
{
    struct tw_nmea_fix fix = {.lon = 0.0};
    bool found = false;
    const char *why = NULL;
    for (size_t at = 0; at < size && why == NULL;) {
        size_t length = 0;
        while (at + length < size && text[at + length] != '\n' && text[at + length] != '\r')
            length++;
        if (length > 0) {
            struct sentence s;
            why = open_sentence(&s, text + at, length);
            if (why == NULL) why = take_sentence(&s, &fix, &found);
        }
        at += length + 1;
    }
    if (why == NULL && !found) why = "there is no position in it";
    *out_why = why;
    if (why != NULL) return TW_ERR_FORMAT;
    *out_fix = fix;
    return TW_OK;
}
