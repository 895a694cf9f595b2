#include "server/ini.h"

#include "base/file.h"
#include "base/text.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)1 << 20)
#define NAME_SIZE 1024

struct reading {
    struct tw_ini *ini;
    struct tw_arena *arena;
    tw_faults *faults;
    const char *at; /* the rest of the text */
    int line;       /* of what the library handles at the moment */
    bool continued; /* that line begins with a blank */
    bool no_memory;
};

/* The library asks for its next line, as fgets. */
static char *next_line(char *out, int size, void *stream)
{
    struct reading *reading = stream;
    if (*reading->at == 0) return NULL;
    size_t length = strcspn(reading->at, "\n");
    const char *line = reading->at;
    reading->at += line[length] == '\n' ? length + 1 : length;
    reading->line++;
    reading->continued = line[0] == ' ' || line[0] == '\t';
    if (length > (size_t)size - 3) {
        tw_faults_add(reading->faults, reading->ini->path, reading->line,
                      "the line is longer than %d bytes; break it: a line that begins with a blank "
                      "continues the one before",
                      size - 3);
        length = 0;
    }
    memcpy(out, line, length);
    out[length] = '\n';
    out[length + 1] = 0;
    return out;
}

/* What an entry is found by; cut, so that a name of any length has one: lines are shorter. */
static const char *name_of(const char *section, const char *key, char out[NAME_SIZE])
{
    (void)snprintf(out, NAME_SIZE, "%s\n%s", section, key);
    return out;
}

static struct tw_ini_entry *entry_find(const struct tw_ini *ini, const char *section,
                                       const char *key)
{
    char name[NAME_SIZE];
    int32_t i = tw_names_find(&ini->names, name_of(section, key, name));
    return i < 0 ? NULL : &ini->entries[i];
}

static bool entry_add(struct reading *reading, const char *section, const char *key,
                      const char *value)
{
    struct tw_ini *ini = reading->ini;
    if (ini->count == ini->capacity) {
        int32_t capacity = ini->capacity == 0 ? 64 : 2 * ini->capacity;
        struct tw_ini_entry *entries = TW_ARENA_NEW(reading->arena, struct tw_ini_entry, capacity);
        if (entries == NULL) return false;
        if (ini->entries != NULL)
            memcpy(entries, ini->entries, (size_t)ini->count * sizeof *entries);
        ini->entries = entries;
        ini->capacity = capacity;
    }
    struct tw_ini_entry entry = {.section = tw_arena_text(reading->arena, section, strlen(section)),
                                 .key = tw_arena_text(reading->arena, key, strlen(key)),
                                 .value = tw_arena_text(reading->arena, value, strlen(value)),
                                 .line = reading->line};
    if (entry.section == NULL || entry.key == NULL || entry.value == NULL) return false;
    char name[NAME_SIZE];
    int32_t index;
    if (tw_names_add(&ini->names, name_of(section, key, name), &index) != TW_OK) return false;
    ini->entries[ini->count++] = entry;
    return true;
}

/* The library has found an entry. */
static int take_entry(void *user, const char *section, const char *key, const char *value)
{
    struct reading *reading = user;
    struct tw_ini_entry *before = entry_find(reading->ini, section, key);
    if (before != NULL && reading->continued) {
        struct tw_strbuf joined = {0};
        (void)tw_strbuf_printf(&joined, "%s %s", before->value, value);
        const char *text = tw_strbuf_get(&joined);
        text = tw_arena_text(reading->arena, text, strlen(text));
        tw_strbuf_done(&joined);
        if (text == NULL) reading->no_memory = true;
        if (text != NULL) before->value = text;
        return 1;
    }
    if (before != NULL) {
        tw_faults_add(reading->faults, reading->ini->path, reading->line,
                      "[%s] %s is there already, in line %d", section, key, before->line);
        return 1;
    }
    if (!entry_add(reading, section, key, value)) reading->no_memory = true;
    return 1;
}

tw_status tw_ini_read(const char *path, struct tw_arena *arena, tw_faults *faults,
                      struct tw_ini *out_ini)
{
    char *text = NULL;
    *out_ini = (struct tw_ini){.path = tw_arena_text(arena, path, strlen(path))};
    if (out_ini->path == NULL) return TW_ERR_NOMEM;
    tw_names_init(&out_ini->names, arena);
    TW_TRY(tw_file_read_text(path, FILE_MAX, faults, &text));
    struct reading reading = {.ini = out_ini, .arena = arena, .faults = faults, .at = text};
    int bad_line = ini_parse_stream(next_line, &reading, take_entry, &reading);
    if (bad_line > 0) {
        tw_faults_add(faults, path, bad_line,
                      "this is no section, entry or comment; an entry is "
                      "written key = value");
    }
    free(text);
    return reading.no_memory ? TW_ERR_NOMEM : TW_OK;
}

const struct tw_ini_entry *tw_ini_find(struct tw_ini *ini, const char *section, const char *key)
{
    struct tw_ini_entry *entry = entry_find(ini, section, key);
    if (entry == NULL) return NULL;
    entry->used = true;
    return entry->value[0] == 0 ? NULL : entry;
}

const char *tw_ini_text(struct tw_ini *ini, const char *section, const char *key,
                        const char *otherwise)
{
    const struct tw_ini_entry *entry = tw_ini_find(ini, section, key);
    return entry == NULL ? otherwise : entry->value;
}

double tw_ini_number(struct tw_ini *ini, const char *section, const char *key, double otherwise,
                     const double limits[2], tw_faults *faults)
{
    const struct tw_ini_entry *entry = tw_ini_find(ini, section, key);
    double value = 0.0;
    if (entry == NULL) return otherwise;
    if (tw_text_double(entry->value, &value) != TW_OK) {
        tw_faults_add(faults, ini->path, entry->line, "[%s] %s: \"%s\" is not a number", section,
                      key, entry->value);
        return otherwise;
    }
    if (!(value >= limits[0] && value <= limits[1])) {
        tw_faults_add(faults, ini->path, entry->line, "[%s] %s: %s is not within %g and %g",
                      section, key, entry->value, limits[0], limits[1]);
        return otherwise;
    }
    return value;
}

bool tw_ini_yes(struct tw_ini *ini, const char *section, const char *key, bool otherwise,
                tw_faults *faults)
{
    static const char *const words[2][3] = {{"no", "false", "0"}, {"yes", "true", "1"}};
    const struct tw_ini_entry *entry = tw_ini_find(ini, section, key);
    if (entry == NULL) return otherwise;
    for (int i = 0; i < 6; i++) {
        if (tw_text_same(entry->value, words[i / 3][i % 3])) return i / 3 == 1;
    }
    tw_faults_add(faults, ini->path, entry->line, "[%s] %s: \"%s\" is neither yes nor no", section,
                  key, entry->value);
    return otherwise;
}

void tw_ini_warn_unused(const struct tw_ini *ini, tw_faults *faults)
{
    for (int32_t i = 0; i < ini->count; i++) {
        if (ini->entries[i].used) continue;
        tw_faults_warn(faults, ini->path, ini->entries[i].line,
                       "[%s] %s is not known and has no effect", ini->entries[i].section,
                       ini->entries[i].key);
    }
}
