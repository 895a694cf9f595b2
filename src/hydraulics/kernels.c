#include "hydraulics/kernels.h"

#include "base/compiler.h"

/* What gcc and clang may use under -march=x86-64-v4 and -v3 (System V ABI, 3.1.1). */
static bool has_v4(void)
{
    return TW_CPU_HAS("avx512f") && TW_CPU_HAS("avx512bw") && TW_CPU_HAS("avx512cd") &&
           TW_CPU_HAS("avx512dq") && TW_CPU_HAS("avx512vl");
}

static bool has_v3(void)
{
    return TW_CPU_HAS("avx2") && TW_CPU_HAS("bmi") && TW_CPU_HAS("bmi2") && TW_CPU_HAS("fma");
}

int32_t tw_kernels_list(const struct tw_kernels **out_kernels)
{
    int32_t count = 0;
    out_kernels[count++] = &tw_kernels_plain;
    if (has_v3()) out_kernels[count++] = &tw_kernels_avx2;
    if (has_v3() && has_v4()) out_kernels[count++] = &tw_kernels_avx512;
    return count;
}

const struct tw_kernels *tw_kernels_get(void)
{
    const struct tw_kernels *kernels[3];
    return kernels[tw_kernels_list(kernels) - 1];
}
