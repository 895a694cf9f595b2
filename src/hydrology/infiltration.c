#include "hydrology/infiltration.h"

#include "base/require.h"
#include "hydrology/infiltration_methods.h"

static const struct tw_infiltration_method methods[TW_INFILTRATION_COUNT] = {
#define TW_INFILTRATION(id, prefix, word)                                                          \
    [TW_INFILTRATION_##id] = {.keyword = word,                                                     \
                              .scale = tw_##prefix##_scale,                                        \
                              .prepare = tw_##prefix##_prepare,                                    \
                              .adjust = tw_##prefix##_adjust,                                      \
                              .begin = tw_##prefix##_begin,                                        \
                              .rate = tw_##prefix##_rate},
#include "model/infiltration.def"
#undef TW_INFILTRATION
};

const struct tw_infiltration_method *tw_infiltration_method_get(int32_t method)
{
    TW_REQUIRE(method >= 0 && method < TW_INFILTRATION_COUNT);
    return &methods[method];
}
