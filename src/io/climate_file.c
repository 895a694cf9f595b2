/* Climate files. Each kind is a row of `kinds`: how its first line is known, and how a line is taken.
 *
 *   TD-3200    "DLY", station, element (4) at column 12, unit, year at 18, month at 22, 9999,
 *              number of values at 28, then 12 columns each: day, hour, sign, value, two flags
 *   DLY02/04   station (7), year at 8, month at 12, element (3) at 14, then 31 times 7 columns:
 *              sign, value, flag
 *   GHCN       headings in the first line; values stand where their headings begin
 *   user       station year month day highest lowest evaporation wind */
#include "io/climate_file.h"

#include "base/text.h"
#include "thalweg/time.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const double mile_per_hour_mps = 0.44704;
static const double inch_mm = 25.4;

struct entry {
    double day, value;
    int32_t which, order;
};

/* The file while it is read. */
struct climate_reader {
    const struct tw_climate_reading *how;
    struct tw_arena scratch;
    struct entry *entry;
    int32_t count, room;
    size_t date_at, field_at[TW_CLIMATE_VALUES]; /* GHCN: columns; 0: no such field */
    bool average_wind;                           /* GHCN: AWND; else WDMV */
    bool odd;                                    /* a value of the present line is no number */
};

static double celsius(double fahrenheit) { return (fahrenheit - 32.0) / 1.8; }

static tw_status entry_add(struct climate_reader *r, double day, int32_t which, double value)
{
    if (r->count == r->room) {
        int32_t room = r->room > 0 ? 2 * r->room : 256;
        struct entry *bigger = TW_ARENA_NEW(&r->scratch, struct entry, room);
        if (bigger == NULL) return TW_ERR_NOMEM;
        if (r->count > 0) memcpy(bigger, r->entry, (size_t)r->count * sizeof *bigger);
        r->entry = bigger;
        r->room = room;
    }
    r->entry[r->count] = (struct entry){day, value, which, r->count};
    r->count++;
    return TW_OK;
}

/* Days that no month has are left out, as SWMM never comes to them. */
static bool day_of(int32_t year, int32_t month, int32_t day, double *out)
{
    struct tw_calendar c = {.year = year, .month = month, .day = day};
    return tw_day_from_calendar(&c, out) == TW_OK;
}

/* `width` columns as a number; false: blank, or beyond the line's end. */
static bool columns(struct climate_reader *r, const char *line, size_t from, size_t width,
                    double *out)
{
    char text[16];
    if (strlen(line) <= from) return false;
    size_t first = from + strspn(line + from, " "), end = from + width;
    if (first >= end || line[first] == '\0') return false;
    size_t length = strcspn(line + first, " \t\r");
    if (length > end - first) length = end - first;
    memcpy(text, line + first, length);
    text[length] = '\0';
    *out = 0.0;
    if (length == 0) return false;
    if (tw_text_double(text, out) != TW_OK) {
        r->odd = true;
        *out = 0.0;
    }
    return true;
}

static bool whole(struct climate_reader *r, const char *line, size_t from, size_t width,
                  int32_t *out)
{
    double value;
    bool was_odd = r->odd;
    r->odd = false;
    bool good = columns(r, line, from, width, &value) && !r->odd && fabs(value) < 1.0e6;
    r->odd = was_odd;
    if (good) *out = (int32_t)value;
    return good;
}

/* ---- TD-3200 ---- */

static bool td3200_is(struct climate_reader *r, const char *line)
{
    (void)r;
    return strlen(line) >= 30 && memcmp(line, "DLY", 3) == 0 && memcmp(line + 23, "9999", 4) == 0;
}

static tw_status td3200_take(struct climate_reader *r, char *line)
{
    static const char *const elements[TW_CLIMATE_VALUES] = {"TMIN", "TMAX", "EVAP", "WDMV"};
    int32_t year, month, values, which = 0;
    if (strlen(line) < 30 || memcmp(line, "DLY", 3) != 0) return TW_ERR_FORMAT;
    if (!whole(r, line, 17, 4, &year) || !whole(r, line, 21, 2, &month)) return TW_ERR_FORMAT;
    while (which < TW_CLIMATE_VALUES && memcmp(line + 11, elements[which], 4) != 0)
        which++;
    if (which == TW_CLIMATE_VALUES || !whole(r, line, 27, 3, &values)) return TW_OK;
    if (values < 0 || strlen(line) < 30 + 12 * (size_t)values) return TW_OK;
    for (int32_t k = 0; k < values; k++) {
        size_t at = 30 + 12 * (size_t)k;
        int32_t day;
        double value, date;
        bool known = memcmp(line + at + 5, "99999", 5) != 0;
        known = known && (line[at + 11] == '0' || line[at + 11] == '1');
        if (!known || !whole(r, line, at, 2, &day) || !day_of(year, month, day, &date)) continue;
        if (!columns(r, line, at + 5, 5, &value)) continue;
        if (line[at + 4] == '-') value = -value;
        if (which <= TW_CLIMATE_HIGHEST) value = celsius(value);
        if (which == TW_CLIMATE_EVAPORATION) value *= inch_mm / 100.0;
        if (which == TW_CLIMATE_WIND) value *= mile_per_hour_mps / 24.0;
        TW_TRY(entry_add(r, date, which, value));
    }
    return TW_OK;
}

/* ---- DLY02, DLY04 ---- */

static int32_t dly_element(struct climate_reader *r, const char *line)
{
    int32_t element;
    if (!whole(r, line, 13, 3, &element)) return -1;
    return element == 1     ? TW_CLIMATE_HIGHEST
           : element == 2   ? TW_CLIMATE_LOWEST
           : element == 151 ? TW_CLIMATE_EVAPORATION
                            : -1;
}

static bool dly_is(struct climate_reader *r, const char *line)
{
    return strlen(line) >= 232 && dly_element(r, line) >= 0;
}

static tw_status dly_take(struct climate_reader *r, char *line)
{
    int32_t year, month, which;
    if (strlen(line) < 16) return TW_ERR_FORMAT;
    if (!whole(r, line, 7, 4, &year) || !whole(r, line, 11, 2, &month)) return TW_ERR_FORMAT;
    which = dly_element(r, line);
    if (which < 0 || strlen(line) < 232) return TW_OK;
    for (int32_t day = 1; day <= 31; day++) {
        size_t at = 16 + 7 * (size_t)(day - 1);
        double value, date;
        if (memcmp(line + at + 1, "99999", 5) == 0 || !day_of(year, month, day, &date)) continue;
        if (!columns(r, line, at + 1, 5, &value)) continue;
        value /= 10.0;
        if (which != TW_CLIMATE_EVAPORATION && line[at] == '-') value = -value;
        TW_TRY(entry_add(r, date, which, value));
    }
    return TW_OK;
}

/* ---- GHCN-Daily ---- */

static bool ghcn_is(struct climate_reader *r, const char *line)
{
    static const char *const headings[TW_CLIMATE_VALUES] = {"TMIN", "TMAX", "EVAP", "WDMV"};
    const char *date = strstr(line, "DATE");
    bool any = false;
    if (date == NULL) return false;
    r->date_at = (size_t)(date - line);
    for (int k = 0; k < TW_CLIMATE_VALUES; k++) {
        const char *found = strstr(line, headings[k]);
        if (found == NULL && k == TW_CLIMATE_WIND) {
            found = strstr(line, "AWND");
            r->average_wind = found != NULL;
        }
        r->field_at[k] = found != NULL ? (size_t)(found - line) : 0;
        any = any || found != NULL;
    }
    return any;
}

static double ghcn_value(const struct climate_reader *r, int32_t which, double value)
{
    enum tw_climate_unit unit = r->how->unit;
    if (unit == TW_CLIMATE_TENTHS && which != TW_CLIMATE_WIND) return value * 0.1;
    if (which == TW_CLIMATE_EVAPORATION) return unit == TW_CLIMATE_US ? value * inch_mm : value;
    if (which != TW_CLIMATE_WIND) return unit == TW_CLIMATE_US ? celsius(value) : value;
    /* a day's way, or a speed; by SWMM's mile of 1/0.62137 km */
    if (unit == TW_CLIMATE_US) return (r->average_wind ? value : value / 24.0) * mile_per_hour_mps;
    double kmh = value / 24.0;
    if (r->average_wind) kmh = value * (unit == TW_CLIMATE_TENTHS ? 0.1 : 1.0) * 3.6;
    return kmh * 0.62137 * mile_per_hour_mps;
}

static tw_status ghcn_take(struct climate_reader *r, char *line)
{
    int32_t year, month, day;
    double date;
    if (!whole(r, line, r->date_at, 4, &year) || !whole(r, line, r->date_at + 4, 2, &month) ||
        !whole(r, line, r->date_at + 6, 2, &day) || !day_of(year, month, day, &date))
        return TW_OK;
    for (int32_t k = 0; k < TW_CLIMATE_VALUES; k++) {
        double value;
        if (r->field_at[k] == 0 || !columns(r, line, r->field_at[k], 8, &value)) continue;
        if (fabs(value) >= 9999.0) continue; /* not measured */
        TW_TRY(entry_add(r, date, k, ghcn_value(r, k, value)));
    }
    return TW_OK;
}

/* ---- user-prepared ---- */

enum { USER_WORDS = 8 };

static int cut(char *line, char *word[USER_WORDS])
{
    int count = 0;
    for (char *at = line; count < USER_WORDS;) {
        at += strspn(at, " \t\r");
        if (*at == '\0') break;
        word[count++] = at;
        at += strcspn(at, " \t\r");
        if (*at != '\0') *at++ = '\0';
    }
    return count;
}

static bool user_is(struct climate_reader *r, const char *line)
{
    char copy[128];
    char *word[USER_WORDS];
    int32_t number;
    (void)r;
    size_t length = strlen(line) < sizeof copy - 1 ? strlen(line) : sizeof copy - 1;
    memcpy(copy, line, length);
    copy[length] = '\0';
    if (cut(copy, word) < 5) return false;
    for (int k = 1; k < 4; k++)
        if (tw_text_int(word[k], &number) != TW_OK) return false;
    return true;
}

/* Wind is in miles an hour whatever the units are, as SWMM takes it. */
static double user_value(const struct climate_reader *r, int32_t which, double value)
{
    if (which == TW_CLIMATE_WIND) return value * mile_per_hour_mps;
    if (!r->how->us) return value;
    return which == TW_CLIMATE_EVAPORATION ? value * inch_mm : celsius(value);
}

static tw_status user_take(struct climate_reader *r, char *line)
{
    static const int32_t order[] = {TW_CLIMATE_HIGHEST, TW_CLIMATE_LOWEST, TW_CLIMATE_EVAPORATION,
                                    TW_CLIMATE_WIND};
    char *word[USER_WORDS];
    int32_t part[3];
    double date;
    int count = cut(line, word);
    if (count < 3) return TW_ERR_FORMAT;
    for (int k = 0; k < 3; k++)
        if (k + 1 < count && tw_text_int(word[k + 1], &part[k]) != TW_OK)
            return k < 2 ? TW_ERR_FORMAT : TW_OK;
    if (count < 5 || !day_of(part[0], part[1], part[2], &date)) return TW_OK;
    for (int k = 4; k < count; k++) {
        double value = 0.0;
        if (word[k][0] == '*') continue;
        if (tw_text_double(word[k], &value) != TW_OK) {
            r->odd = true;
            value = 0.0;
        }
        TW_TRY(entry_add(r, date, order[k - 4], user_value(r, order[k - 4], value)));
    }
    return TW_OK;
}

/* ---- the file ---- */

static const struct kind {
    bool (*is)(struct climate_reader *r, const char *first_line);
    tw_status (*take)(struct climate_reader *r, char *line);
} kinds[] = {
    {td3200_is, td3200_take}, {dly_is, dly_take}, {user_is, user_take}, {ghcn_is, ghcn_take}};

static tw_status take_lines(struct climate_reader *r, char *text, size_t size, int *out_line)
{
    const struct kind *kind = NULL;
    char *at = text;
    *out_line = 0;
    int odd_line = 0;
    for (int line = 1; at < text + size; line++) {
        char *next = memchr(at, '\n', (size_t)(text + size - at));
        if (next == NULL) next = text + size;
        *next = '\0';
        if (next > at && next[-1] == '\r') next[-1] = '\0';
        char *here = at;
        at = next + 1;
        if (here[strspn(here, " \t")] == '\0') continue;
        for (size_t k = 0; kind == NULL && k < sizeof kinds / sizeof *kinds; k++)
            if (kinds[k].is(r, here)) kind = &kinds[k];
        r->odd = false;
        tw_status status = kind != NULL ? kind->take(r, here) : TW_ERR_FORMAT;
        if (status != TW_OK) {
            *out_line = line;
            return status;
        }
        if (r->odd && odd_line == 0) odd_line = line;
    }
    *out_line = odd_line;
    return kind != NULL ? TW_OK : TW_ERR_FORMAT;
}

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->which != y->which) return x->which < y->which ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static tw_status keep(const struct climate_reader *r, struct tw_arena *arena,
                      struct tw_climate_days out_days[TW_CLIMATE_VALUES])
{
    int32_t count[TW_CLIMATE_VALUES] = {0};
    struct tw_climate_days days[TW_CLIMATE_VALUES] = {{0}};
    if (r->count > 0) qsort(r->entry, (size_t)r->count, sizeof *r->entry, compare);
    for (int32_t i = 0; i < r->count; i++)
        count[r->entry[i].which]++;
    for (int k = 0; k < TW_CLIMATE_VALUES; k++) {
        days[k].day = TW_ARENA_NEW(arena, double, count[k]);
        days[k].value = TW_ARENA_NEW(arena, double, count[k]);
        if (days[k].day == NULL || days[k].value == NULL) return TW_ERR_NOMEM;
    }
    for (int32_t i = 0; i < r->count; i++) {
        struct tw_climate_days *of = &days[r->entry[i].which];
        if (of->count > 0 && of->day[of->count - 1] == r->entry[i].day) of->count--;
        of->day[of->count] = r->entry[i].day;
        of->value[of->count++] = r->entry[i].value;
    }
    memcpy(out_days, days, sizeof days);
    return TW_OK;
}

tw_status tw_climate_file_read(char *text, size_t size, const struct tw_climate_reading *reading,
                               struct tw_arena *arena, struct tw_climate_days *out_days,
                               int *out_line)
{
    struct climate_reader r = {.how = reading};
    tw_arena_init(&r.scratch);
    tw_status status = take_lines(&r, text, size, out_line);
    if (status == TW_OK) status = keep(&r, arena, out_days);
    tw_arena_done(&r.scratch);
    return status;
}
