#define TW_KERNELS tw_kernels_plain
#include "hydraulics/kernel_table.h"
