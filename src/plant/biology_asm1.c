/* Activated Sludge Model No. 1. */
#define TW_MODEL asm1
#define TW_MODEL_DEF "plant/asm1.def"
#define TW_REFERENCE_C 15.0
#define TW_ROLES                                                                                   \
    {                                                                                              \
        .oxygen = C_SO, .nitrate = C_SNO, .ammonia = C_SNH, .alkalinity = C_SALK, .phosphate = -1  \
    }
#include "plant/biology_kernel.h"
