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
 * A row dominates another if it is nowhere worse and somewhere better by more than epsilon (the difference taken in
 * double precision); NaN is worse than any number and equal to NaN; of equal rows all stay or all go.  Whatever the
 * epsilon, this is transitive and no row dominates itself, so something always stays: at least the rows that stay
 * without epsilon.
 *   values  length n * m
 *   epsilon length m, finite, not negative, in the units of the columns (the caller has checked); NULL for zeros
 *   front   length n; set to 1 on the front, else 0
 */
enum ranking_status ranking_pareto_front(const double *values, size_t n, size_t m, const double *epsilon,
                                         unsigned char *front);

/* Score each row by the weighted arithmetic mean of its desirabilities.
 * The desirability of a value is its place between the smallest (0) and the largest (1) known value of its
 * column; 1 for all known values of a constant column; 0 for an unknown value.
 *   values  length n * m
 *   weights length m; finite, not negative, with a positive finite sum (the caller has checked)
 *   score   length n; 0 to 1
 */
enum ranking_status ranking_desirability(const double *values, size_t n, size_t m, const double *weights,
                                         double *score);

/* Score each row by TOPSIS (Hwang & Yoon, Multiple Attribute Decision Making, Springer 1981): columns divided by their
 * Euclidean norm and weighted; closeness is the distance to the worst point over the sum of that and the distance to
 * the best one, where the best (worst) point holds the largest (smallest) value of each column.
 * An unknown value counts as the smallest known value of its column, in the norm too; a column of zeros, of one value
 * or of nothing known tells no row from another.  If no column does, all scores are 1, or 0 where nothing is known.
 *   values  length n * m
 *   weights length m; finite, not negative, with a positive finite sum (the caller has checked)
 *   score   length n; 0 to 1
 */
enum ranking_status ranking_topsis(const double *values, size_t n, size_t m, const double *weights, double *score);

#endif
