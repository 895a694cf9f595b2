/* Members taken with checks. */
#include "dispatch/take.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct tw_path tw_path_key(const struct tw_path *up, const char *key)
{
    return (struct tw_path){.up = up, .key = key};
}

struct tw_path tw_path_index(const struct tw_path *up, size_t index)
{
    return (struct tw_path){.up = up, .index = index};
}

/* Write a path; a long one keeps its beginning. */
static void write_path(const struct tw_path *path, char *out, size_t size)
{
    if (path == NULL) return;
    write_path(path->up, out, size);
    size_t length = strlen(out);
    if (path->key == NULL) {
        (void)snprintf(out + length, size - length, "[%zu]", path->index);
    } else {
        (void)snprintf(out + length, size - length, "%s%s", length > 0 ? "." : "", path->key);
    }
}

void tw_take_fault(struct tw_take *take, const struct tw_path *path, const char *format, ...)
{
    char place[256] = "", text[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    write_path(path, place, sizeof place);
    take->count++;
    tw_faults_add(take->faults, take->file, 0, "%s%s%s", place, place[0] != '\0' ? ": " : "", text);
}

static const json_t *member(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_null(value) ? NULL : value;
}

bool tw_take_int(struct tw_take *take, const struct tw_path *path, const json_t *object,
                 const char *key, const int32_t low_high[2], int32_t *io_value)
{
    const json_t *value = member(object, key);
    struct tw_path place = tw_path_key(path, key);
    if (value == NULL) return true;
    double number = json_number_value(value);
    if (!json_is_number(value) || number != floor(number)) {
        tw_take_fault(take, &place, "must be a whole number");
        return false;
    }
    if (!(number >= low_high[0] && number <= low_high[1])) {
        tw_take_fault(take, &place, "%.10g is not within %d and %d", number, (int)low_high[0],
                      (int)low_high[1]);
        return false;
    }
    *io_value = (int32_t)number;
    return true;
}

bool tw_take_number(struct tw_take *take, const struct tw_path *path, const json_t *object,
                    const char *key, const double low_high[2], double *io_value)
{
    const json_t *value = member(object, key);
    struct tw_path place = tw_path_key(path, key);
    if (value == NULL) return true;
    if (!json_is_number(value)) {
        tw_take_fault(take, &place, "must be a number");
        return false;
    }
    double number = json_number_value(value);
    if (!(number >= low_high[0] && number <= low_high[1])) {
        tw_take_fault(take, &place, "%g is not within %g and %g", number, low_high[0], low_high[1]);
        return false;
    }
    *io_value = number;
    return true;
}

bool tw_take_bool(struct tw_take *take, const struct tw_path *path, const json_t *object,
                  const char *key, bool *io_value)
{
    const json_t *value = member(object, key);
    struct tw_path place = tw_path_key(path, key);
    if (value == NULL) return true;
    if (!json_is_boolean(value)) {
        tw_take_fault(take, &place, "must be true or false");
        return false;
    }
    *io_value = json_is_true(value);
    return true;
}

const char *tw_take_text(struct tw_take *take, const struct tw_path *path, const json_t *object,
                         const char *key, bool needed)
{
    const json_t *value = member(object, key);
    struct tw_path place = tw_path_key(path, key);
    if (value == NULL && !needed) return NULL;
    if (json_is_string(value) && json_string_length(value) > 0 && json_string_length(value) <= 200)
        return json_string_value(value);
    tw_take_fault(take, &place, value == NULL ? "is missing" : "must be a text of 1 to 200 bytes");
    return NULL;
}

const json_t *tw_take_array(struct tw_take *take, const struct tw_path *path, const json_t *object,
                            const char *key)
{
    const json_t *value = member(object, key);
    struct tw_path place = tw_path_key(path, key);
    if (value == NULL || json_is_array(value)) return value;
    tw_take_fault(take, &place, "must be an array");
    return NULL;
}

const json_t *tw_take_object(struct tw_take *take, const struct tw_path *path, const json_t *object,
                             const char *key)
{
    const json_t *value = member(object, key);
    struct tw_path place = tw_path_key(path, key);
    if (value == NULL || json_is_object(value)) return value;
    tw_take_fault(take, &place, "must be an object");
    return NULL;
}

void tw_take_known(struct tw_take *take, const struct tw_path *path, const json_t *object,
                   const char *const *words)
{
    const char *key;
    const json_t *value;
    /* the macro of Jansson wants an object that may change */
    void *at = json_object_iter((json_t *)(uintptr_t)object);
    for (; at != NULL; at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        key = json_object_iter_key(at);
        value = json_object_iter_value(at);
        bool known = value == NULL;
        for (int i = 0; words[i] != NULL && !known; i++)
            known = strcmp(words[i], key) == 0;
        if (!known) tw_take_fault(take, path, "member \"%.60s\" is unknown", key);
    }
}
