/* How a line of each format of rain files is told and read. The formats of the weather services have
 * fields at fixed places (NCDC documents TD-3240 and TD-3260; Environment Canada's archive formats
 * HLY and FIF); where SWMM reads them in its own way, as below, its way is meant. */
#include "io/rain_formats.h"

#include "base/text.h"
#include "io/swmm_numbers.h"
#include "thalweg/time.h"

#include <math.h>
#include <string.h>

static const int32_t hour_s = 3600, quarter_s = 900;

static bool day_of(int32_t year, int32_t month, int32_t day, double *out_day)
{
    struct tw_calendar c = {.year = year, .month = month, .day = day};
    return tw_day_from_calendar(&c, out_day) == TW_OK;
}

/* ---- user-prepared: station year month day hour minute value ---- */

struct prepared {
    char station[128];
    int32_t part[5];
    double value;
};

static bool scan_prepared(const char *line, size_t length, struct prepared *out)
{
    struct tw_scan s = tw_scan_from(line, length, 0);
    if (!tw_scan_word(&s, sizeof out->station - 1, out->station)) return false;
    for (int k = 0; k < 5; k++)
        if (!tw_scan_int(&s, 0, &out->part[k])) return false;
    return tw_scan_real(&s, &out->value) && fabs(out->value) < 1e30;
}

static bool is_prepared(struct tw_rain_reader *r, const char *line, size_t length)
{
    struct prepared p;
    if (!scan_prepared(line, length, &p)) return false;
    r->record.interval_s = r->request->interval_s;
    r->to_inches = r->request->millimetres ? 1.0 / 25.4 : 1.0;
    return true;
}

/* Depth of the interval in the file's unit; single precision throughout, as SWMM keeps it. */
static float depth_of(struct tw_rain_reader *r, float value)
{
    if (r->request->kind == TW_RAIN_INTENSITY) return value * (float)r->record.interval_s / 3600.0f;
    if (r->request->kind != TW_RAIN_CUMULATIVE) return value;
    float depth = value >= r->accumulated ? value - r->accumulated : value;
    r->accumulated = value >= r->accumulated ? r->accumulated + depth : value;
    return depth;
}

static enum tw_rain_line read_prepared(struct tw_rain_reader *r, const char *line, size_t length)
{
    struct prepared p;
    double day;
    if (!scan_prepared(line, length, &p)) return TW_RAIN_SENSELESS;
    if (!tw_text_same(p.station, r->request->station)) return TW_RAIN_SKIPPED;
    bool good = day_of(p.part[0], p.part[1], p.part[2], &day) && p.part[3] >= 0 && p.part[4] >= 0;
    if (!good) {
        tw_faults_add(r->faults, r->request->path, r->line, "no such date or time");
        r->status = TW_ERR_INPUT;
        return TW_RAIN_STOP;
    }
    if (day < r->request->first_day) return TW_RAIN_SKIPPED;
    double at = day + (3600.0 * p.part[3] + 60.0 * p.part[4]) / 86400.0;
    if (at <= r->previous_day) {
        tw_faults_add(
            r->faults, r->request->path, r->line,
            "the record does not come after the one before it of station %s" TW_SWMM_ERROR("318"),
            r->request->station);
        r->status = TW_ERR_INPUT;
        return TW_RAIN_STOP;
    }
    r->previous_day = at;
    r->record.rain_periods++;
    tw_rain_keep(r, at, depth_of(r, (float)p.value) * (float)r->to_inches);
    return TW_RAIN_TAKEN;
}

/* ---- the USA's NCDC/NWS: hundredths of an inch with flags ---- */

static bool take_element(struct tw_rain_reader *r, const char *element)
{
    int32_t interval_s = 0;
    if (strcmp(element, "HPCP") == 0) interval_s = hour_s;
    if (strcmp(element, "QPCP") == 0 || strcmp(element, "QGAG") == 0) interval_s = quarter_s;
    if (interval_s == 0) return false;
    r->record.interval_s = interval_s;
    r->offset_s = interval_s; /* times are those of an interval's end */
    return true;
}

static bool is_space(struct tw_rain_reader *r, const char *line, size_t length)
{
    struct tw_scan s = tw_scan_from(line, length, 0);
    int32_t station, division;
    char element[5];
    r->fields_at = 0;
    return tw_scan_int(&s, 6, &station) && tw_scan_int(&s, 2, &division) &&
           tw_scan_word(&s, 4, element) && take_element(r, element);
}

/* With a column of the station's name, 31 characters, behind its number. */
static bool is_space_named(struct tw_rain_reader *r, const char *line, size_t length)
{
    struct tw_scan s = tw_scan_from(line, length, 37);
    int32_t division, year;
    char element[5], unit[3];
    r->fields_at = 31;
    return tw_scan_int(&s, 2, &division) && tw_scan_word(&s, 4, element) &&
           tw_scan_word(&s, 2, unit) && tw_scan_int(&s, 4, &year) && take_element(r, element);
}

static bool is_comma(struct tw_rain_reader *r, const char *line, size_t length)
{
    struct tw_scan s = tw_scan_from(line, length, 0);
    int32_t station, division;
    char element[5];
    return tw_scan_int(&s, 6, &station) && tw_scan_mark(&s, ',') && tw_scan_int(&s, 2, &division) &&
           tw_scan_mark(&s, ',') && tw_scan_word(&s, 4, element) && take_element(r, element);
}

static bool is_tape(struct tw_rain_reader *r, const char *line, size_t length)
{
    struct tw_scan s = tw_scan_from(line, length, 0);
    int32_t station, division;
    char kind[4], element[5];
    return tw_scan_word(&s, 3, kind) && tw_scan_int(&s, 6, &station) &&
           tw_scan_int(&s, 2, &division) && tw_scan_word(&s, 4, element) &&
           take_element(r, element);
}

static const char *find(const char *at, const char *end, const char *what)
{
    size_t n = strlen(what);
    for (; end - at >= (ptrdiff_t)n; at++)
        if (memcmp(at, what, n) == 0) return at;
    return NULL;
}

static const char *line_end(const char *at, const char *end)
{
    const char *next = memchr(at, '\n', (size_t)(end - at));
    return next != NULL ? next : end;
}

/* Of the online service: the first line's headings say where the value stands, the first record's
 * last colon where its time does. */
static bool is_online(struct tw_rain_reader *r, const char *line, size_t length)
{
    enum { DATE_BEFORE_COLON = 11, MOST_LINES = 5 };
    struct tw_scan s = tw_scan_from(line, length, 0);
    char mark[6];
    int32_t station;
    if (!tw_scan_word(&s, 5, mark) || strcmp(mark, "COOP:") != 0 || !tw_scan_int(&s, 6, &station))
        return false;
    const char *at = r->text, *end = line_end(at, r->text_end);
    const char *value = find(at, end, "HPCP");
    if (value == NULL) value = find(at, end, "QPCP");
    if (value == NULL) return false;
    (void)take_element(r, *value == 'H' ? "HPCP" : "QPCP");
    r->value_at = (size_t)(value - at);
    for (int n = 0; n < MOST_LINES && end < r->text_end; n++) {
        at = end + 1;
        end = line_end(at, r->text_end);
        if (find(at, end, "COOP:") == NULL) continue;
        const char *colon = end;
        while (*--colon != ':') {
        }
        if (colon - at < DATE_BEFORE_COLON) return false;
        r->fields_at = (size_t)(colon - at) - DATE_BEFORE_COLON;
        return true;
    }
    return false;
}

/* An amount that fell since accumulation_start_day goes in equal parts to its intervals. */
static void spread(struct tw_rain_reader *r, double until_day, int32_t hundredths)
{
    double start = r->accumulation_start_day, interval = r->record.interval_s;
    if (isnan(start)) return;
    double periods = floor(floor((until_day - start) * 86400.0 + 0.5) / interval) + 1.0;
    if (!(periods >= 1.0 && periods < 1e6)) return;
    if (hundredths == 99999) {
        r->record.missing_periods += (int64_t)periods;
        return;
    }
    r->record.rain_periods += (int64_t)periods;
    float each = (float)hundredths / (float)periods / 100.0f;
    double first_s = floor((start - floor(start)) * 86400.0 + 0.5) - r->offset_s;
    for (int32_t k = 0; each > 0.0f && k < (int32_t)periods; k++)
        tw_rain_keep(r, floor(start) + (first_s + (double)k * interval) / 86400.0, each);
    r->accumulation_start_day = (double)NAN;
}

/* One amount: its time of the day, hundredths of an inch, and the flag that says what it is. */
struct amount {
    double day;
    int32_t hour, minute, hundredths;
    char flag;
};

static void take_amount(struct tw_rain_reader *r, const struct amount *a)
{
    double seconds = 3600.0 * a->hour + 60.0 * a->minute;
    bool missing = (a->flag != '\0' && strchr("{}[]M", a->flag) != NULL) || a->hundredths >= 9999;
    if (a->flag == 'a') {
        r->accumulation_start_day = a->day + seconds / 86400.0;
    } else if (a->flag == 'A') {
        spread(r, a->day + seconds / 86400.0, a->hundredths);
    } else if (missing) {
        r->record.missing_periods++;
    } else if (a->hundredths > 0) {
        r->record.rain_periods++;
        tw_rain_keep(r, a->day + (seconds - r->offset_s) / 86400.0, (float)a->hundredths / 100.0f);
    }
}

/* SWMM takes the line's end for its last character, also where the file ends without one. */
static size_t usable(const struct tw_rain_reader *r, size_t length)
{
    return r->last_line_open && length > 0 ? length - 1 : length;
}

/* Amounts side by side in a line, each `each` characters, from `at` on. */
struct amounts {
    size_t at, each;
    bool (*scan)(struct tw_scan *s, struct amount *out);
};

static void take_amounts(struct tw_rain_reader *r, const char *line, size_t length, double day,
                         const struct amounts *where)
{
    for (size_t at = where->at; at < usable(r, length); at += where->each) {
        struct tw_scan s = tw_scan_from(line, length, at);
        struct amount a = {.day = day, .hundredths = 99999, .hour = 25};
        if (!where->scan(&s, &a) || a.hour >= 25) return;
        take_amount(r, &a);
    }
}

static bool scan_tape(struct tw_scan *s, struct amount *a)
{
    if (!tw_scan_int(s, 2, &a->hour) || !tw_scan_int(s, 2, &a->minute)) return false;
    if (!tw_scan_int(s, 6, &a->hundredths)) return false;
    (void)tw_scan_char(s, &a->flag);
    return true;
}

static bool scan_space(struct tw_scan *s, struct amount *a)
{
    if (!tw_scan_int(s, 2, &a->hour) || !tw_scan_int(s, 2, &a->minute)) return false;
    if (!tw_scan_int(s, 6, &a->hundredths)) return false;
    tw_scan_blanks(s);
    (void)tw_scan_char(s, &a->flag);
    return true;
}

static bool scan_comma(struct tw_scan *s, struct amount *a)
{
    if (!tw_scan_mark(s, ',') || !tw_scan_int(s, 2, &a->hour)) return false;
    if (!tw_scan_int(s, 2, &a->minute) || !tw_scan_mark(s, ',')) return false;
    if (!tw_scan_int(s, 6, &a->hundredths)) return false;
    if (tw_scan_mark(s, ',')) (void)tw_scan_char(s, &a->flag);
    return true;
}

static enum tw_rain_line day_taken(const struct tw_rain_reader *r, double day)
{
    return day < r->request->first_day ? TW_RAIN_SKIPPED : TW_RAIN_TAKEN;
}

static enum tw_rain_line read_space(struct tw_rain_reader *r, const char *line, size_t length)
{
    size_t date_at = 18 + r->fields_at;
    const struct amounts where = {date_at + 10, 16, scan_space};
    struct tw_scan s = tw_scan_from(line, length, date_at);
    int32_t y, m, d;
    double day;
    if (usable(r, length) <= date_at + 10) return TW_RAIN_SENSELESS;
    if (!tw_scan_int(&s, 4, &y) || !tw_scan_int(&s, 2, &m) || !tw_scan_int(&s, 2, &d))
        return TW_RAIN_SENSELESS;
    if (!day_of(y, m, d, &day)) return TW_RAIN_SENSELESS;
    if (day_taken(r, day) == TW_RAIN_TAKEN) take_amounts(r, line, length, day, &where);
    return day_taken(r, day);
}

static enum tw_rain_line read_comma(struct tw_rain_reader *r, const char *line, size_t length)
{
    static const struct amounts where = {28, 16, scan_comma};
    struct tw_scan s = tw_scan_from(line, length, 18);
    int32_t y, m, d;
    double day;
    if (usable(r, length) <= 28) return TW_RAIN_SENSELESS;
    if (!tw_scan_int(&s, 4, &y) || !tw_scan_mark(&s, ',') || !tw_scan_int(&s, 2, &m) ||
        !tw_scan_mark(&s, ',') || !tw_scan_int(&s, 2, &d))
        return TW_RAIN_SENSELESS;
    if (!day_of(y, m, d, &day)) return TW_RAIN_SENSELESS;
    if (day_taken(r, day) == TW_RAIN_TAKEN) take_amounts(r, line, length, day, &where);
    return day_taken(r, day);
}

static enum tw_rain_line read_tape(struct tw_rain_reader *r, const char *line, size_t length)
{
    static const struct amounts where = {30, 12, scan_tape};
    struct tw_scan s = tw_scan_from(line, length, 17);
    int32_t y, m, d, n;
    double day;
    if (usable(r, length) <= 30) return TW_RAIN_SENSELESS;
    if (!tw_scan_int(&s, 4, &y) || !tw_scan_int(&s, 2, &m) || !tw_scan_int(&s, 4, &d) ||
        !tw_scan_int(&s, 3, &n))
        return TW_RAIN_SENSELESS;
    if (!day_of(y, m, d, &day)) return TW_RAIN_SENSELESS;
    if (day_taken(r, day) == TW_RAIN_TAKEN) take_amounts(r, line, length, day, &where);
    return day_taken(r, day);
}

/* Hundredths of an inch, or inches with a decimal point. */
static bool scan_online_value(struct tw_scan *s, struct amount *a)
{
    double inches;
    if (memchr(s->at, '.', (size_t)(s->end - s->at)) == NULL) {
        if (!tw_scan_int(s, 0, &a->hundredths)) return false;
    } else {
        if (!tw_scan_real(s, &inches) || fabs(inches) > 1e6) return false;
        a->hundredths = (int32_t)(100.0f * (float)inches + 0.5f);
    }
    tw_scan_blanks(s);
    (void)tw_scan_char(s, &a->flag);
    return true;
}

static enum tw_rain_line read_online(struct tw_rain_reader *r, const char *line, size_t length)
{
    struct tw_scan s = tw_scan_from(line, length, r->fields_at);
    struct tw_scan value = tw_scan_from(line, length, r->value_at);
    int32_t y, m, d;
    struct amount a = {0};
    if (usable(r, length) <= r->fields_at + 23) return TW_RAIN_SENSELESS;
    if (!tw_scan_int(&s, 4, &y) || !tw_scan_int(&s, 2, &m) || !tw_scan_int(&s, 2, &d))
        return TW_RAIN_SENSELESS;
    if (!day_of(y, m, d, &a.day)) return TW_RAIN_SENSELESS;
    if (day_taken(r, a.day) != TW_RAIN_TAKEN) return TW_RAIN_SKIPPED;
    s = tw_scan_from(line, length, r->fields_at + 8);
    if (!tw_scan_int(&s, 2, &a.hour) || !tw_scan_mark(&s, ':') || !tw_scan_int(&s, 2, &a.minute))
        return TW_RAIN_SENSELESS;
    if (!scan_online_value(&value, &a) || a.hour >= 25) return TW_RAIN_SENSELESS;
    if (a.hour == 0) { /* the end of the day before */
        a.hour = 24;
        a.day -= 1.0;
    }
    take_amount(r, &a);
    return TW_RAIN_TAKEN;
}

/* ---- Canada's AES and CMC: tenths of a millimetre, a day in a line ---- */

enum { HOURLY_RAIN = 123, QUARTERLY_RAIN = 159 }; /* elements of the archive */

struct archive {
    int32_t element;
    double day;
};

/* station, year of 3 or 4 digits, month, day, element */
static bool scan_archive(const char *line, size_t length, int year_digits, struct archive *out)
{
    struct tw_scan s = tw_scan_from(line, length, 0);
    int32_t station, y, m, d;
    if (!tw_scan_int(&s, 7, &station) || !tw_scan_int(&s, year_digits, &y)) return false;
    if (!tw_scan_int(&s, 2, &m) || !tw_scan_int(&s, 2, &d)) return false;
    if (!tw_scan_int(&s, 3, &out->element)) return false;
    if (year_digits == 3) y += y < 100 ? 2000 : 1000;
    return day_of(y, m, d, &out->day);
}

static bool take_archive(struct tw_rain_reader *r, int32_t interval_s)
{
    r->record.interval_s = interval_s;
    r->offset_s = interval_s;
    return true;
}

static bool is_aes(struct tw_rain_reader *r, const char *line, size_t length)
{
    struct archive a;
    return scan_archive(line, length, 3, &a) && a.element == HOURLY_RAIN && length + 1 >= 185 &&
           take_archive(r, hour_s);
}

static bool is_hourly(struct tw_rain_reader *r, const char *line, size_t length)
{
    struct archive a;
    return scan_archive(line, length, 4, &a) && a.element == HOURLY_RAIN && length + 1 >= 186 &&
           take_archive(r, hour_s);
}

static bool is_quarterly(struct tw_rain_reader *r, const char *line, size_t length)
{
    struct archive a;
    return scan_archive(line, length, 4, &a) && a.element == QUARTERLY_RAIN && length + 1 >= 691 &&
           take_archive(r, quarter_s);
}

/* The values of a day. As in SWMM the first one's interval ends at midnight. */
static enum tw_rain_line take_day(struct tw_rain_reader *r, const char *line, size_t length,
                                  size_t at, double day)
{
    enum { MISSING = -99999, FIELD = 7 };
    if (day < r->request->first_day) return TW_RAIN_SKIPPED;
    for (int32_t k = 0; k < 86400 / r->record.interval_s; k++, at += FIELD) {
        struct tw_scan s = tw_scan_from(line, length, at);
        int32_t value;
        char flag;
        if (!tw_scan_int(&s, 6, &value)) return TW_RAIN_SENSELESS;
        if (!tw_scan_char(&s, &flag) && r->last_line_open) return TW_RAIN_SENSELESS;
        if (value == MISSING) r->record.missing_periods++;
        if (value <= 0) continue;
        r->record.rain_periods++;
        double seconds = (double)k * r->record.interval_s - r->offset_s;
        tw_rain_keep(r, day + seconds / 86400.0, (float)(value / 10.0 / 25.4));
    }
    return TW_RAIN_TAKEN;
}

static enum tw_rain_line read_archive(struct tw_rain_reader *r, const char *line, size_t length,
                                      int year_digits, int32_t element)
{
    struct archive a;
    if (!scan_archive(line, length, year_digits, &a)) return TW_RAIN_SENSELESS;
    if (a.element != element) return TW_RAIN_SKIPPED;
    return take_day(r, line, length, year_digits == 3 ? 17 : 18, a.day);
}

static enum tw_rain_line read_aes(struct tw_rain_reader *r, const char *line, size_t length)
{
    return read_archive(r, line, length, 3, HOURLY_RAIN);
}

static enum tw_rain_line read_hourly(struct tw_rain_reader *r, const char *line, size_t length)
{
    return read_archive(r, line, length, 4, HOURLY_RAIN);
}

static enum tw_rain_line read_quarterly(struct tw_rain_reader *r, const char *line, size_t length)
{
    return read_archive(r, line, length, 4, QUARTERLY_RAIN);
}

const struct tw_rain_format tw_rain_formats[] = {
    {is_space, read_space},         {is_space_named, read_space},
    {is_comma, read_comma},         {is_tape, read_tape},
    {is_online, read_online},       {is_aes, read_aes},
    {is_quarterly, read_quarterly}, {is_hourly, read_hourly},
    {is_prepared, read_prepared},   {NULL, NULL}};
