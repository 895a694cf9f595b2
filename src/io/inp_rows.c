/* From bytes to rows: lines, comments, quotes, section headings. */
#include "io/inp_reader.h"

#include <stdlib.h>
#include <string.h>

struct heading {
    const char *text;
    int16_t section;
};

static const struct heading headings[] = {
#define TW_SECTION(id, heading, noun, declare, read) {heading, TW_SECTION_##id},
#include "io/inp_sections.def"
#undef TW_SECTION
};

/* The longest heading wins: [INLET_USAGE] begins with INLET too. */
static int find_section(const char *word)
{
    int best = -1;
    size_t length = 0;
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        size_t own = strlen(headings[i].text);
        if (own > length && tw_inp_begins(word, headings[i].text)) {
            best = headings[i].section;
            length = own;
        }
    }
    return best;
}

static tw_status grow(struct tw_inp *inp, void **array, size_t used, size_t room, size_t size)
{
    void *bigger = tw_arena_alloc(&inp->scratch, room, size);
    if (bigger == NULL) return TW_ERR_NOMEM;
    if (used > 0) memcpy(bigger, *array, used * size);
    *array = bigger;
    return TW_OK;
}

static tw_status add_row(struct tw_inp *inp, int32_t line, int section, uint32_t first)
{
    if (inp->row_count == inp->row_room) {
        int32_t room = inp->row_room > 0 ? 2 * inp->row_room : 256;
        void *rows = inp->row;
        TW_TRY(grow(inp, &rows, (size_t)inp->row_count, (size_t)room, sizeof *inp->row));
        inp->row = rows;
        inp->row_room = room;
    }
    inp->row[inp->row_count++] = (struct tw_inp_row){.line = line,
                                                     .object = -1,
                                                     .first = first,
                                                     .count = (int16_t)(inp->word_count - first),
                                                     .section = (int16_t)section};
    inp->section_rows[section]++;
    return TW_OK;
}

static tw_status add_word(struct tw_inp *inp, const char *word)
{
    if (inp->word_count == inp->word_room) {
        uint32_t room = inp->word_room > 0 ? 2 * inp->word_room : 2048;
        void *words = inp->word_at;
        TW_TRY(grow(inp, &words, inp->word_count, room, sizeof *inp->word_at));
        inp->word_at = words;
        inp->word_room = room;
    }
    inp->word_at[inp->word_count++] = (uint32_t)(word - inp->text);
    return TW_OK;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* Words of a terminated line; NULs are put at their ends. */
static tw_status add_words(struct tw_inp *inp, char *line)
{
    char *at = line;
    for (int words = 0; words < TW_INP_TOKENS; words++) {
        while (is_blank(*at))
            at++;
        if (*at == '\0') return TW_OK;
        char *word = at;
        if (*at == '"') {
            word = ++at;
            while (*at != '\0' && *at != '"')
                at++;
        } else {
            while (*at != '\0' && !is_blank(*at))
                at++;
        }
        if (*at != '\0') *at++ = '\0';
        TW_TRY(add_word(inp, word));
    }
    return TW_OK;
}

static void trim_end(char *line, size_t length)
{
    while (length > 0 && is_blank(line[length - 1]))
        line[--length] = '\0';
}

struct place {
    int32_t line;
    int section; /* -1: none, or an unknown one */
    bool unknown;
};

static void begin_section(struct tw_inp *inp, char *word, struct place *place)
{
    place->section = find_section(word + 1);
    place->unknown = place->section < 0;
    if (!place->unknown) return;
    word[strcspn(word, "] \t\r")] = '\0';
    tw_faults_add(inp->faults, inp->path, place->line,
                  "unknown section %.40s]" TW_SWMM_ERROR("205"), word);
}

/* One line, terminated in place. */
static tw_status take_line(struct tw_inp *inp, char *line, size_t length, struct place *place)
{
    char *word = line + strspn(line, " \t\r");
    if (*word == '\0' || *word == ';') return TW_OK;
    if (*word == '[') {
        begin_section(inp, word, place);
        return TW_OK;
    }
    if (place->section < 0) {
        if (!place->unknown) {
            tw_faults_add(inp->faults, inp->path, place->line,
                          "text before the first section: not a SWMM input file?");
            place->unknown = true;
        }
        return TW_OK;
    }
    uint32_t first = inp->word_count;
    if (place->section == TW_SECTION_TITLE) {
        trim_end(line, length);
        TW_TRY(add_word(inp, line));
        return add_row(inp, place->line, place->section, first);
    }
    char *comment = memchr(line, ';', length);
    if (comment != NULL) {
        *comment = '\0';
        length = (size_t)(comment - line);
    }
    if (length > TW_INP_LINE)
        tw_faults_add(
            inp->faults, inp->path, place->line,
            "the line has more than %d characters: what follows might be lost" TW_SWMM_ERROR("201"),
            TW_INP_LINE);
    TW_TRY(add_words(inp, line));
    if (inp->word_count == first) return TW_OK;
    return add_row(inp, place->line, place->section, first);
}

/* Bytes that no text has: told once, so that a picture or a database gives one fault. */
static bool has_zeros(struct tw_inp *inp, size_t size)
{
    const char *zero = memchr(inp->text, '\0', size);
    if (zero == NULL) return false;
    int line = 1;
    for (const char *at = inp->text; at < zero; at++)
        line += *at == '\n';
    tw_faults_add(inp->faults, inp->path, line, "the file holds zero bytes: not a text file");
    return true;
}

tw_status tw_inp_split(struct tw_inp *inp, size_t size)
{
    if (has_zeros(inp, size)) return TW_OK;
    char *at = inp->text;
    char *end = inp->text + size;
    if (size >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0) at += 3;
    struct place place = {.section = -1};
    while (at < end) {
        char *next = memchr(at, '\n', (size_t)(end - at));
        if (next == NULL) next = end;
        *next = '\0'; /* the byte behind the last one is ours too */
        place.line++;
        TW_TRY(take_line(inp, at, (size_t)(next - at), &place));
        at = next + 1;
    }
    if (inp->row_count == 0 && place.section < 0 && !place.unknown)
        tw_faults_add(inp->faults, inp->path, 0, "the file is empty");
    return TW_OK;
}
