/* The number that SWMM has for a fault or a warning, behind its text. docs/swmm-errors.md is the
 * list. */
#ifndef TW_IO_SWMM_NUMBERS_H
#define TW_IO_SWMM_NUMBERS_H

#define TW_SWMM_ERROR(number) " [SWMM ERROR " number "]"
#define TW_SWMM_WARNING(number) " [SWMM WARNING " number "]"

#endif
