/* The engine, whole. */
#ifndef THALWEG_THALWEG_H
#define THALWEG_THALWEG_H

#include "thalweg/batch.h"
#include "thalweg/faults.h"
#include "thalweg/model.h"
#include "thalweg/plant.h"
#include "thalweg/run.h"
#include "thalweg/status.h"
#include "thalweg/time.h"
#include "thalweg/values.h"

#endif
