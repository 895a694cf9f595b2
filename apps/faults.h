/* How subcommands tell of faults. */
#ifndef TW_APPS_FAULTS_H
#define TW_APPS_FAULTS_H

#include "thalweg/faults.h"

#include <stdbool.h>

/** Print every kept fault, one a line, and how many more there were. */
void tw_faults_print(const tw_faults *faults, bool with_warnings);

#endif
