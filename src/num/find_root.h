/* Roots of functions of one variable. */
#ifndef TW_NUM_FIND_ROOT_H
#define TW_NUM_FIND_ROOT_H

/** A function with a root; out_slope, when not NULL, gets its derivative. */
typedef double tw_root_function(const void *context, double x, double *out_slope);

/**
 * Root between two places by Newton's steps, halving the bracket when a step leaves it or helps
 * too little.
 *
 * low, high   f(low) <= 0 <= f(high); low may be the greater one
 * start       first guess, between them
 * tolerance   of x: the last step is shorter
 * returns     the root; the best x after 60 steps
 */
double tw_root_newton(tw_root_function *f, const void *context, double low, double high,
                      double start, double tolerance);

/**
 * Root between two places by Ridders' method.
 *
 * tolerance   of x
 * returns     the root; NAN when f has the same sign at both places
 * source      C. Ridders, IEEE Trans. Circuits and Systems 26 (1979) 979-980
 */
double tw_root_ridders(tw_root_function *f, const void *context, double low, double high,
                       double tolerance);

#endif
