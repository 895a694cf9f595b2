/* TW_REQUIRE: our own mistakes, never input, files, network or a caller of the public API. */
#ifndef TW_BASE_REQUIRE_H
#define TW_BASE_REQUIRE_H

#include "base/compiler.h"

/* Stop the process where the mistake is, in release builds too: a library does not print, and a
 * state that cannot be is not to be computed with. */
#define TW_REQUIRE(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) TW_TRAP();                                                               \
    } while (0)

#endif
