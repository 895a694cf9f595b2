/* Faults found in input: collected, each with its place, instead of stopping at the first. */
#ifndef THALWEG_FAULTS_H
#define THALWEG_FAULTS_H

#include "thalweg/status.h"

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A growing list of faults; lives as long as its creator wants. */
typedef struct tw_faults tw_faults;

/** One fault. Strings are borrowed from the list. */
struct tw_fault {
    const char *file; /* as it was given to the reader */
    int line;         /* 1 for the first line; 0: the fault has no line */
    int warning;      /* 1: the input is usable all the same */
    const char *text; /* e.g. conduit C7: unknown node "N9" */
};

/** Make an empty list; at most `limit` faults are kept (0: 1000), the rest only counted. */
tw_status tw_faults_create(size_t limit, tw_faults **out_faults);

/** Free a list; NULL is fine. */
void tw_faults_destroy(tw_faults *faults);

/** Faults that make the input unusable, kept or not. */
size_t tw_faults_count(const tw_faults *faults);

/** Faults and warnings that were kept. */
size_t tw_faults_kept(const tw_faults *faults);

/** The i-th kept fault, 0 <= i < tw_faults_kept(). */
struct tw_fault tw_faults_get(const tw_faults *faults, size_t i);

/**
 * Add a fault; copies its strings. Running out of memory drops the text, never the count.
 *
 * faults   may be NULL: nothing happens
 * line     0 when the fault has no line
 */
void tw_faults_add(tw_faults *faults, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** Add a warning: the input stays usable. */
void tw_faults_warn(tw_faults *faults, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/**
 * Write one fault as `file:line: text` (or `file: text`), always terminated.
 *
 * returns   length of the whole text, as snprintf
 */
int tw_fault_format(const struct tw_fault *fault, char *out, size_t size);

#ifdef __cplusplus
}
#endif
#endif
