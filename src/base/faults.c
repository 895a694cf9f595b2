#include "base/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_LIMIT = 1000, FIRST_CAPACITY = 16, LONGEST_TEXT = 1000 };

tw_status tw_faults_create(size_t limit, tw_faults **out_faults)
{
    tw_faults *faults = calloc(1, sizeof *faults);
    if (faults == NULL) return TW_ERR_NOMEM;
    faults->limit = limit == 0 ? DEFAULT_LIMIT : limit;
    *out_faults = faults;
    return TW_OK;
}

void tw_faults_destroy(tw_faults *faults)
{
    if (faults == NULL) return;
    tw_arena_done(&faults->arena);
    free(faults);
}

size_t tw_faults_count(const tw_faults *faults) { return faults->count; }

size_t tw_faults_kept(const tw_faults *faults) { return faults->kept; }

struct tw_fault tw_faults_get(const tw_faults *faults, size_t i)
{
    if (i >= faults->kept) return (struct tw_fault){.file = "", .text = ""};
    return faults->list[i];
}

static int make_room(tw_faults *faults)
{
    if (faults->kept < faults->capacity) return 1;
    size_t capacity = faults->capacity == 0 ? FIRST_CAPACITY : 2 * faults->capacity;
    struct tw_fault *list = TW_ARENA_NEW(&faults->arena, struct tw_fault, capacity);
    if (list == NULL) return 0;
    if (faults->kept > 0) memcpy(list, faults->list, faults->kept * sizeof *list);
    faults->list = list;
    faults->capacity = capacity;
    return 1;
}

/* Faults come file by file, so the name is nearly always that of the fault before. */
static const char *file_name(tw_faults *faults, const char *file)
{
    if (file == NULL) return "";
    if (faults->kept > 0 && strcmp(faults->list[faults->kept - 1].file, file) == 0)
        return faults->list[faults->kept - 1].file;
    return tw_arena_text(&faults->arena, file, strlen(file));
}

static void add(tw_faults *faults, struct tw_fault fault, const char *format, va_list arguments)
{
    char text[LONGEST_TEXT];
    if (!fault.warning) faults->count++;
    if (faults->kept >= faults->limit || !make_room(faults)) return;
    int length = vsnprintf(text, sizeof text, format, arguments);
    if (length < 0) return;
    size_t used = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    fault.file = file_name(faults, fault.file);
    fault.text = tw_arena_text(&faults->arena, text, used);
    if (fault.file == NULL || fault.text == NULL) return;
    faults->list[faults->kept++] = fault;
}

void tw_faults_add(tw_faults *faults, const char *file, int line, const char *format, ...)
{
    if (faults == NULL) return;
    va_list arguments;
    va_start(arguments, format);
    add(faults, (struct tw_fault){.file = file, .line = line}, format, arguments);
    va_end(arguments);
}

void tw_faults_warn(tw_faults *faults, const char *file, int line, const char *format, ...)
{
    if (faults == NULL) return;
    va_list arguments;
    va_start(arguments, format);
    add(faults, (struct tw_fault){.file = file, .line = line, .warning = 1}, format, arguments);
    va_end(arguments);
}

int tw_fault_format(const struct tw_fault *fault, char *out, size_t size)
{
    const char *kind = fault->warning ? "warning: " : "";
    if (fault->line > 0)
        return snprintf(out, size, "%s:%d: %s%s", fault->file, fault->line, kind, fault->text);
    if (fault->file[0] != '\0')
        return snprintf(out, size, "%s: %s%s", fault->file, kind, fault->text);
    return snprintf(out, size, "%s%s", kind, fault->text);
}
