/* The only place where compiler extensions are named. */
#ifndef TW_BASE_COMPILER_H
#define TW_BASE_COMPILER_H

#if defined(__GNUC__) || defined(__clang__)
#define TW_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define TW_TRAP() __builtin_trap()
#define TW_LEADING_ZEROS64(x) __builtin_clzll(x) /* x is not 0 */
#define TW_TRAILING_ZEROS64(x) __builtin_ctzll(x)
/* A function that is always part of its caller: what a kernel is made of. */
#define TW_PART static inline __attribute__((always_inline))
/* A function that is hardly ever called and does not burden its caller. */
#define TW_RARE __attribute__((noinline, cold))
/* typedef double vector TW_VECTOR(bytes): arithmetic and comparisons element by element */
#define TW_VECTOR(bytes) __attribute__((vector_size(bytes)))
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

/* What the processor and the system it runs under can do; 0 where it is not known. */
#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
#define TW_CPU_HAS(feature) (__builtin_cpu_supports(feature) != 0)
#else
#define TW_CPU_HAS(feature) 0
#endif

#endif
