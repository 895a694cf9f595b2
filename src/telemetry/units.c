#include "telemetry/units.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum quantity { QUANTITY_LENGTH, QUANTITY_FLOW };

struct unit {
    enum quantity quantity;
    const char *text;
    double factor;
};

static const struct unit units[] = {
#define TW_UNIT(quantity, text, factor) {QUANTITY_##quantity, text, factor},
#include "telemetry/units.def"
#undef TW_UNIT
};

static const struct unit *unit_find(const char *text)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(units[i].text, text) == 0) return &units[i];
    }
    return NULL;
}

tw_status tw_unit_factor(const char *from, const char *to, double *out_factor)
{
    const struct unit *a = unit_find(from);
    const struct unit *b = unit_find(to);
    if (a == NULL || b == NULL) return TW_ERR_NAME;
    if (a->quantity != b->quantity) return TW_ERR_ARG;
    /* The same unit by another name must not lose a bit to a division. */
    *out_factor = a->factor == b->factor ? 1.0 : a->factor / b->factor;
    return TW_OK;
}

double tw_unit_apply(double value, double factor)
{
    double parts = floor(1.0 / factor + 0.5);
    return factor < 1.0 && 1.0 / parts == factor ? value / parts : value * factor;
}
