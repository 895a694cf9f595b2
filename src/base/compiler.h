/* The only place where compiler extensions are named. */
#ifndef TW_BASE_COMPILER_H
#define TW_BASE_COMPILER_H

#if defined(__GNUC__) || defined(__clang__)
#define TW_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define TW_TRAP() __builtin_trap()
#define TW_LEADING_ZEROS64(x) __builtin_clzll(x) /* x is not 0 */
#define TW_TRAILING_ZEROS64(x) __builtin_ctzll(x)
#else
#define TW_PRINTF(text, first)
#define TW_TRAP() (*(volatile int *)0 = 0)
#define TW_LEADING_ZEROS64(x) tw_leading_zeros64(x)
#define TW_TRAILING_ZEROS64(x) tw_trailing_zeros64(x)
static inline int tw_leading_zeros64(unsigned long long x)
{
    int n = 0;
    for (; (x >> 63) == 0; x <<= 1)
        n++;
    return n;
}
static inline int tw_trailing_zeros64(unsigned long long x)
{
    int n = 0;
    for (; (x & 1) == 0; x >>= 1)
        n++;
    return n;
}
#endif

#endif
