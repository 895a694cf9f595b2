#include "faults.h"

#include <stdio.h>

void tw_faults_print(const tw_faults *faults, bool with_warnings)
{
    char line[1200];
    size_t printed = 0;
    for (size_t i = 0; i < tw_faults_kept(faults); i++) {
        struct tw_fault fault = tw_faults_get(faults, i);
        if (fault.warning && !with_warnings) continue;
        (void)tw_fault_format(&fault, line, sizeof line);
        (void)fprintf(stderr, "%s\n", line);
        if (!fault.warning) printed++;
    }
    if (tw_faults_count(faults) > printed) {
        (void)fprintf(stderr, "and %zu more faults\n", tw_faults_count(faults) - printed);
    }
}
