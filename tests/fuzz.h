/* What a fuzz target, src/<folder>/x_fuzz.c, has to define. */
#ifndef TW_TESTS_FUZZ_H
#define TW_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** Give `size` bytes to a reader; a crash or a trap is a find. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
