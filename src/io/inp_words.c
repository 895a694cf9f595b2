/* Words of a row: numbers, choices, names, dates; and the faults they may have. */
#include "base/text.h"
#include "io/inp_reader.h"
#include "thalweg/time.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FAULT_TEXT = 400 };

static const char *noun_of(const struct tw_inp_row *row)
{
    static const char *const nouns[TW_SECTION_COUNT] = {
#define TW_SECTION(id, heading, noun, declare, read) noun,
#include "io/inp_sections.def"
#undef TW_SECTION
    };
    return nouns[row->section];
}

void tw_inp_fault(struct tw_inp *inp, const struct tw_inp_row *row, const char *format, ...)
{
    char text[FAULT_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tw_faults_add(inp->faults, inp->path, row->line, "%s %s: %s", noun_of(row),
                  tw_inp_word(inp, row, 0), text);
}

void tw_inp_warn(struct tw_inp *inp, const struct tw_inp_row *row, const char *format, ...)
{
    char text[FAULT_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tw_faults_warn(inp->faults, inp->path, row->line, "%s %s: %s", noun_of(row),
                   tw_inp_word(inp, row, 0), text);
}

const char *tw_inp_link_noun(int32_t kind)
{
    static const char *const nouns[] = {"conduit", "pump", "orifice", "weir", "outlet"};
    return nouns[kind];
}

const char *tw_inp_node_noun(int32_t kind)
{
    static const char *const nouns[] = {"junction", "outfall", "storage", "divider"};
    return nouns[kind];
}

/* Faults that show only when everything is read: at the line where the object was named. */
static void add_object_fault(struct tw_inp *inp, int line, bool warning, const char *noun,
                             const char *name, const char *text)
{
    if (warning)
        tw_faults_warn(inp->faults, inp->path, line, "%s %s: %s", noun, name, text);
    else
        tw_faults_add(inp->faults, inp->path, line, "%s %s: %s", noun, name, text);
}

static void add_link_fault(struct tw_inp *inp, int32_t link, bool warning, const char *text)
{
    const struct tw_links *links = &inp->model->links;
    add_object_fault(inp, inp->link_line[link], warning, tw_inp_link_noun(links->kind[link]),
                     tw_names_get(&links->names, link), text);
}

static void add_node_fault(struct tw_inp *inp, int32_t node, bool warning, const char *text)
{
    const struct tw_nodes *nodes = &inp->model->nodes;
    add_object_fault(inp, inp->node_line[node], warning, tw_inp_node_noun(nodes->kind[node]),
                     tw_names_get(&nodes->names, node), text);
}

void tw_inp_link_fault(struct tw_inp *inp, int32_t link, const char *format, ...)
{
    char text[FAULT_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_link_fault(inp, link, false, text);
}

void tw_inp_link_warn(struct tw_inp *inp, int32_t link, const char *format, ...)
{
    char text[FAULT_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_link_fault(inp, link, true, text);
}

void tw_inp_node_fault(struct tw_inp *inp, int32_t node, const char *format, ...)
{
    char text[FAULT_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_node_fault(inp, node, false, text);
}

void tw_inp_node_warn(struct tw_inp *inp, int32_t node, const char *format, ...)
{
    char text[FAULT_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_node_fault(inp, node, true, text);
}

bool tw_inp_need(struct tw_inp *inp, const struct tw_inp_row *row, int count)
{
    if (row->count >= count) return true;
    tw_inp_fault(inp, row, "the row has %d items, at least %d are needed" TW_SWMM_ERROR("203"),
                 row->count, count);
    return false;
}

bool tw_inp_number(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                   double *out_value)
{
    if (i >= row->count) {
        tw_inp_fault(inp, row, "%s is missing" TW_SWMM_ERROR("203"), what);
        return false;
    }
    if (tw_text_double(tw_inp_word(inp, row, i), out_value) == TW_OK) return true;
    tw_inp_fault(inp, row, "%s \"%s\" is not a number" TW_SWMM_ERROR("211"), what,
                 tw_inp_word(inp, row, i));
    return false;
}

bool tw_inp_positive(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                     double *out_value)
{
    double value;
    if (!tw_inp_number(inp, row, i, what, &value)) return false;
    if (value < 0.0) {
        tw_inp_fault(inp, row, "%s %s is negative" TW_SWMM_ERROR("211"), what,
                     tw_inp_word(inp, row, i));
        return false;
    }
    *out_value = value;
    return true;
}

bool tw_inp_optional(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                     double *value)
{
    if (i >= row->count) return true;
    return tw_inp_positive(inp, row, i, what, value);
}

bool tw_inp_choice(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                   const char *const list[], int32_t *out_index)
{
    if (i >= row->count) {
        tw_inp_fault(inp, row, "%s is missing" TW_SWMM_ERROR("203"), what);
        return false;
    }
    int32_t index = tw_inp_match(tw_inp_word(inp, row, i), list);
    if (index < 0) {
        char known[FAULT_TEXT / 2];
        size_t used = 0;
        known[0] = '\0';
        for (int k = 0; list[k] != NULL && used < sizeof known; k++)
            used +=
                (size_t)snprintf(known + used, sizeof known - used, "%s%s", k ? ", " : "", list[k]);
        tw_inp_fault(inp, row, "%s \"%s\" is none of %s" TW_SWMM_ERROR("205"), what,
                     tw_inp_word(inp, row, i), known);
        return false;
    }
    *out_index = index;
    return true;
}

bool tw_inp_yes_no(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                   bool *value)
{
    static const char *const words[] = {"NO", "YES", NULL};
    if (i >= row->count || tw_inp_word(inp, row, i)[0] == '*') return true;
    int32_t index;
    if (!tw_inp_choice(inp, row, i, what, words, &index)) return false;
    *value = index == 1;
    return true;
}

bool tw_inp_find(struct tw_inp *inp, const struct tw_inp_row *row, int i,
                 const struct tw_names *names, const char *kind, int32_t *out_index)
{
    if (i >= row->count) {
        tw_inp_fault(inp, row,
                     "the name of its %s is missing" TW_SWMM_ERROR("203") TW_SWMM_ERROR("203"),
                     kind);
        return false;
    }
    int32_t index = tw_names_find(names, tw_inp_word(inp, row, i));
    if (index < 0) {
        tw_inp_fault(inp, row, "unknown %s \"%s\"" TW_SWMM_ERROR("209"), kind,
                     tw_inp_word(inp, row, i));
        return false;
    }
    *out_index = index;
    return true;
}

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

bool tw_inp_begins(const char *word, const char *keyword)
{
    for (; *keyword != '\0'; word++, keyword++)
        if (upper(*word) != upper(*keyword)) return false;
    return true;
}

int32_t tw_inp_match(const char *word, const char *const list[])
{
    for (int32_t i = 0; list[i] != NULL; i++)
        if (tw_inp_begins(word, list[i])) return i;
    return -1;
}

/* Up to 9 digits; the place behind them, or NULL when there is none. */
static const char *take_int(const char *at, int *out)
{
    if (!isdigit((unsigned char)*at)) return NULL;
    int value = 0;
    for (int digits = 0; isdigit((unsigned char)*at); at++) {
        if (++digits > 9) return NULL;
        value = 10 * value + (*at - '0');
    }
    *out = value;
    return at;
}

static const char *take_month(const char *at, int *out)
{
    static const char *const months[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL",
                                         "AUG", "SEP", "OCT", "NOV", "DEC", NULL};
    if (isdigit((unsigned char)*at)) return take_int(at, out);
    int32_t month = tw_inp_match(at, months);
    if (month < 0) return NULL;
    *out = month + 1;
    return at + 3;
}

bool tw_inp_date(const char *word, double *out_day)
{
    struct tw_calendar c = {0};
    const char *at = take_month(word, &c.month);
    if (at == NULL || (*at != '/' && *at != '-')) return false;
    at = take_int(at + 1, &c.day);
    if (at == NULL || (*at != '/' && *at != '-')) return false;
    at = take_int(at + 1, &c.year);
    if (at == NULL || *at != '\0') return false;
    return tw_day_from_calendar(&c, out_day) == TW_OK;
}

bool tw_inp_day_of_year(const char *word, double *out_day)
{
    char text[24];
    double day;
    double first;
    int length = snprintf(text, sizeof text, "%s/1947", word);
    if (length < 0 || length >= (int)sizeof text) return false;
    if (!tw_inp_date(text, &day) || !tw_inp_date("1/1/1947", &first)) return false;
    *out_day = day - first + 1.0;
    return true;
}

bool tw_inp_clock(const char *word, double *out_days)
{
    int part[3] = {0, 0, 0};
    const char *at = take_int(word, &part[0]);
    for (int i = 1; i < 3 && at != NULL && *at == ':'; i++)
        at = take_int(at + 1, &part[i]);
    if (at == NULL || (*at != '\0' && *at != '.')) return false;
    *out_days = (3600.0 * part[0] + 60.0 * part[1] + part[2]) / 86400.0;
    return true;
}

bool tw_inp_hours(const char *word, double *out_days)
{
    double hours;
    if (tw_text_double(word, &hours) == TW_OK) {
        *out_days = hours / 24.0;
        return true;
    }
    return tw_inp_clock(word, out_days);
}
