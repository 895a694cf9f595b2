/* Supplies: "sandbags=100 pumps=1". */
#include "base/text.h"
#include "dispatch/book.h"

#include <stdio.h>
#include <string.h>

#define COUNT_MOST 1000000

static bool name_is_sound(const char *name, size_t length)
{
    if (length == 0 || length >= TW_BOOK_NAME_SIZE) return false;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)name[i] < 0x21 || name[i] == '"' || name[i] == '\\') return false;
    }
    return true;
}

/* One word NAME=COUNT. */
static tw_status read_item(const char *word, size_t length, struct tw_items *items)
{
    char text[TW_BOOK_NAME_SIZE + 16];
    if (length >= sizeof text) return TW_ERR_FORMAT;
    memcpy(text, word, length);
    text[length] = 0;
    char *sign = strchr(text, '=');
    if (sign == NULL || !name_is_sound(text, (size_t)(sign - text))) return TW_ERR_FORMAT;
    *sign = 0;
    int32_t count = 0;
    if (tw_text_int(sign + 1, &count) != TW_OK || count < 1 || count > COUNT_MOST) {
        return TW_ERR_FORMAT;
    }
    if (tw_items_get(items, text) != 0) return TW_ERR_FORMAT;
    if (items->count == TW_BOOK_ITEMS) return TW_ERR_FULL;
    struct tw_item *item = &items->item[items->count++];
    memcpy(item->name, text, (size_t)(sign - text) + 1);
    item->count = count;
    return TW_OK;
}

tw_status tw_items_read(const char *text, struct tw_items *out_items)
{
    struct tw_items items = {.count = 0};
    while (*(text += strspn(text, " ")) != 0) {
        size_t length = strcspn(text, " ");
        TW_TRY(read_item(text, length, &items));
        text += length;
    }
    *out_items = items;
    return TW_OK;
}

void tw_items_write(const struct tw_items *items, char *out, size_t size)
{
    size_t at = 0;
    if (size > 0) out[0] = 0;
    for (int32_t i = 0; i < items->count && at < size; i++) {
        at += (size_t)snprintf(out + at, size - at, "%s%s=%d", i > 0 ? " " : "",
                               items->item[i].name, items->item[i].count);
    }
}

int32_t tw_items_get(const struct tw_items *items, const char *name)
{
    for (int32_t i = 0; i < items->count; i++) {
        if (strcmp(items->item[i].name, name) == 0) return items->item[i].count;
    }
    return 0;
}
