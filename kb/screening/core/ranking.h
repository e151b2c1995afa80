/* Ranking of n candidates by m criteria; plain C11, no Python.
 *
 * Everywhere: values is n rows of m doubles, row after row; bigger is better; NaN is unknown.
 * Infinities are refused, because the worst place in an order is kept for the unknown.
 * No function keeps a pointer, prints, or touches anything but its output, so all may run in parallel.
 */
#ifndef KB_RANKING_H
#define KB_RANKING_H

#include <stddef.h>

enum ranking_status {
    RANKING_OK = 0,
    RANKING_NO_MEMORY = 1,
    RANKING_INFINITE = 2 /* some value is +inf or -inf; the output is untouched */
};

/* Mark the rows that no other row dominates.
 * A row dominates another if it is nowhere worse and somewhere better; NaN is worse than any number and
 * equal to NaN; of equal rows all stay or all go.
 *   values  length n * m
 *   front   length n; set to 1 on the front, else 0
 */
enum ranking_status ranking_pareto_front(const double *values, size_t n, size_t m, unsigned char *front);

/* Score each row by the weighted arithmetic mean of its desirabilities.
 * The desirability of a value is its place between the smallest (0) and the largest (1) known value of its
 * column; 1 for all known values of a constant column; 0 for an unknown value.
 *   values  length n * m
 *   weights length m; finite, not negative, with a positive finite sum (the caller has checked)
 *   score   length n; 0 to 1
 */
enum ranking_status ranking_desirability(const double *values, size_t n, size_t m, const double *weights,
                                         double *score);

#endif
