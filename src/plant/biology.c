#include "plant/biology.h"

#include "base/text.h"

#include <stddef.h>

#define TW_BIOLOGY(name) extern const struct tw_biology tw_biology_##name;
#include "plant/biology.def"
#undef TW_BIOLOGY

const struct tw_biology *const tw_biologies[] = {
#define TW_BIOLOGY(name) &tw_biology_##name,
#include "plant/biology.def"
#undef TW_BIOLOGY
};
const int32_t tw_biology_count = (int32_t)(sizeof tw_biologies / sizeof tw_biologies[0]);

const struct tw_biology *tw_biology_find(const char *word)
{
    for (int32_t i = 0; i < tw_biology_count; i++) {
        if (tw_text_same(tw_biologies[i]->word, word)) return tw_biologies[i];
    }
    return NULL;
}

int32_t tw_biology_component_find(const struct tw_biology *biology, const char *name)
{
    for (int32_t c = 0; c < biology->component_count; c++) {
        if (tw_text_same(biology->components[c], name)) return c;
    }
    return -1;
}
