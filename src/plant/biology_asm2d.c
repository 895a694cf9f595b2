/* Activated Sludge Model No. 2d. */
#define TW_MODEL asm2d
#define TW_MODEL_DEF "plant/asm2d.def"
#define TW_REFERENCE_C 20.0
#define TW_ROLES                                                                                   \
    {                                                                                              \
        .oxygen = C_S_O2, .nitrate = C_S_NO3, .ammonia = C_S_NH4, .alkalinity = C_S_ALK,           \
        .phosphate = C_S_PO4                                                                       \
    }
#include "plant/biology_kernel.h"
