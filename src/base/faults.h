/* What a list of faults consists of; only faults.c and its test look inside. */
#ifndef TW_BASE_FAULTS_H
#define TW_BASE_FAULTS_H

#include "base/arena.h"
#include "thalweg/faults.h"

#include <stddef.h>

struct tw_faults {
    struct tw_arena arena; /* texts and the list */
    struct tw_fault *list;
    size_t kept, capacity, limit;
    size_t count; /* faults that make the input unusable, kept or not */
};

#endif
