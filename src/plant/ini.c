#include "plant/ini.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char *trimmed(char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL)
        text[--length] = 0;
    return text;
}

/* A comment begins with ; or #, at the beginning of a line or after a blank. */
static void cut_comment(char *line)
{
    for (char *c = line; *c != 0; c++) {
        if ((*c == ';' || *c == '#') && (c == line || c[-1] == ' ' || c[-1] == '\t')) {
            *c = 0;
            return;
        }
    }
}

/* Room for one more of things of a size; false when memory is out. */
static bool grow(struct tw_arena *arena, void **things, int32_t *capacity, size_t count,
                 size_t size)
{
    if (count < (size_t)*capacity) return true;
    int32_t room = *capacity == 0 ? 16 : 2 * *capacity;
    void *more = tw_arena_alloc(arena, (size_t)room, size);
    if (more == NULL) return false;
    if (count > 0) memcpy(more, *things, count * size);
    *things = more;
    *capacity = room;
    return true;
}

static const struct tw_plant_section *same_section(const struct tw_plant_ini *ini, const char *kind,
                                                   const char *name)
{
    for (int32_t i = 0; i < ini->count; i++) {
        const struct tw_plant_section *s = &ini->sections[i];
        if (tw_text_same(s->kind, kind) && tw_text_same(s->name, name)) return s;
    }
    return NULL;
}

static tw_status take_head(struct tw_plant_ini *ini, char *text, int line)
{
    char *end = strchr(text, ']');
    void *sections = ini->sections;
    if (end == NULL) {
        tw_faults_add(ini->faults, ini->path, line, "a section is written [kind] or [kind name]");
        return TW_OK;
    }
    *end = 0;
    char *kind = trimmed(text), *name = kind + strcspn(kind, " \t");
    if (*name != 0) *name++ = 0;
    name = trimmed(name);
    const struct tw_plant_section *before = same_section(ini, kind, name);
    if (before != NULL) {
        tw_faults_add(ini->faults, ini->path, line, "[%s%s%s] is there already, in line %d", kind,
                      *name != 0 ? " " : "", name, before->line);
    }
    if (!grow(ini->arena, &sections, &ini->capacity, (size_t)ini->count, sizeof *ini->sections)) {
        return TW_ERR_NOMEM;
    }
    ini->sections = sections;
    ini->sections[ini->count++] =
        (struct tw_plant_section){.kind = kind, .name = name, .line = line};
    return TW_OK;
}

static tw_status take_entry(struct tw_plant_ini *ini, char *text, int line)
{
    char *equals = strchr(text, '=');
    if (equals == NULL || ini->count == 0) {
        tw_faults_add(ini->faults, ini->path, line,
                      equals == NULL ? "this is no section, entry or comment; an entry is written "
                                       "key = value"
                                     : "an entry before the first [section]");
        return TW_OK;
    }
    struct tw_plant_section *section = &ini->sections[ini->count - 1];
    void *entries = section->entries;
    *equals = 0;
    struct tw_plant_entry entry = {
        .key = trimmed(text), .value = trimmed(equals + 1), .line = line};
    for (int32_t i = 0; i < section->count; i++) {
        if (!tw_text_same(section->entries[i].key, entry.key)) continue;
        tw_faults_add(ini->faults, ini->path, line, "%s is there already, in line %d", entry.key,
                      section->entries[i].line);
        return TW_OK;
    }
    if (!grow(ini->arena, &entries, &section->capacity, (size_t)section->count, sizeof entry)) {
        return TW_ERR_NOMEM;
    }
    section->entries = entries;
    section->entries[section->count++] = entry;
    return TW_OK;
}

tw_status tw_plant_ini_cut(struct tw_plant_ini *ini, char *text)
{
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3;
    for (int line = 1; *text != 0; line++) {
        size_t length = strcspn(text, "\n");
        char *next = text + length + (text[length] == '\n' ? 1 : 0);
        text[length] = 0;
        cut_comment(text);
        char *rest = trimmed(text);
        if (*rest == '[') {
            TW_TRY(take_head(ini, rest + 1, line));
        } else if (*rest != 0) {
            TW_TRY(take_entry(ini, rest, line));
        }
        text = next;
    }
    return TW_OK;
}

const struct tw_plant_entry *tw_plant_ini_find(struct tw_plant_section *section, const char *key)
{
    for (int32_t i = 0; i < section->count; i++) {
        if (!tw_text_same(section->entries[i].key, key)) continue;
        section->entries[i].used = true;
        return section->entries[i].value[0] != 0 ? &section->entries[i] : NULL;
    }
    return NULL;
}

const char *tw_plant_ini_text(struct tw_plant_section *section, const char *key,
                              const char *otherwise)
{
    const struct tw_plant_entry *entry = tw_plant_ini_find(section, key);
    return entry == NULL ? otherwise : entry->value;
}

void tw_plant_ini_fault(struct tw_plant_ini *ini, const struct tw_plant_section *section,
                        const struct tw_plant_entry *entry, const char *format, ...)
{
    struct tw_strbuf text = {0};
    char words[400];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    (void)tw_strbuf_printf(&text, "[%s%s%s] %s%s%s", section->kind, *section->name != 0 ? " " : "",
                           section->name, entry != NULL ? entry->key : "",
                           entry != NULL ? ": " : "", words);
    tw_faults_add(ini->faults, ini->path, entry != NULL ? entry->line : section->line, "%s",
                  tw_strbuf_get(&text));
    tw_strbuf_done(&text);
}

double tw_plant_ini_number(struct tw_plant_ini *ini, struct tw_plant_section *section,
                           const struct tw_plant_key *key)
{
    const struct tw_plant_entry *entry = tw_plant_ini_find(section, key->name);
    double value = 0.0;
    if (entry == NULL) {
        if (key->otherwise <= TW_REQUIRED) {
            tw_plant_ini_fault(ini, section, NULL, "needs %s (%g to %g)", key->name, key->least,
                               key->most);
            return key->least;
        }
        return key->otherwise;
    }
    if (tw_text_double(entry->value, &value) != TW_OK) {
        tw_plant_ini_fault(ini, section, entry, "\"%s\" is not a number", entry->value);
        return key->least;
    }
    if (!(value >= key->least && value <= key->most)) {
        tw_plant_ini_fault(ini, section, entry, "%s is not within %g and %g", entry->value,
                           key->least, key->most);
        return key->least;
    }
    return value;
}

void tw_plant_ini_unused(struct tw_plant_ini *ini, const struct tw_plant_section *section)
{
    for (int32_t i = 0; i < section->count; i++) {
        const struct tw_plant_entry *entry = &section->entries[i];
        if (!entry->used) tw_plant_ini_fault(ini, section, entry, "is not known here");
    }
}

void tw_plant_faults_pass(const tw_faults *from, tw_faults *to)
{
    for (size_t i = 0; i < tw_faults_kept(from); i++) {
        struct tw_fault f = tw_faults_get(from, i);
        (f.warning ? tw_faults_warn : tw_faults_add)(to, f.file, f.line, "%s", f.text);
    }
}
