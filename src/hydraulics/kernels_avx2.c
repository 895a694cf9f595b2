#define TW_KERNELS tw_kernels_avx2
#include "hydraulics/kernel_table.h"
