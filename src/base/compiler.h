/* The only place where compiler extensions are named. */
#ifndef TW_BASE_COMPILER_H
#define TW_BASE_COMPILER_H

#if defined(__GNUC__) || defined(__clang__)
#define TW_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define TW_TRAP() __builtin_trap()
#else
#define TW_PRINTF(text, first)
#define TW_TRAP() (*(volatile int *)0 = 0)
#endif

#endif
