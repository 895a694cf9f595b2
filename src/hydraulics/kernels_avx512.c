#define TW_KERNELS tw_kernels_avx512
#include "hydraulics/kernel_table.h"
