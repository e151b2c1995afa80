/* Where a value stands among those of its column; shared by the desirability score and the order of the front. */
#ifndef KB_SPAN_H
#define KB_SPAN_H

#include <math.h>

/* Smallest and largest known value of a column; `half` is 0.5 where high - low would overflow, else 1. */
struct span {
    double low, high, half;
};

static const struct span span_of_none = {INFINITY, -INFINITY, 1.0};

static inline void span_take(struct span *span, double value) {
    /* Comparisons with NaN are false, so the unknown moves neither end. */
    if (value < span->low) span->low = value;
    if (value > span->high) span->high = value;
}

static inline void span_close(struct span *span) {
    if (isinf(span->high - span->low)) span->half = 0.5;
}

/* Place of a known value in its column, 0 to 1; 1 in a constant column.  Never decreases as the value grows, which the
 * front relies on: each step (subtract, divide by a positive) rounds monotonically, also where a compiler contracts
 * multiply-adds, because the one product, by 1 or 0.5, is exact. */
static inline double span_place(double value, const struct span *span) {
    if (span->high == span->low) return 1.0;
    const double low = span->low * span->half;
    return (value * span->half - low) / (span->high * span->half - low);
}

#endif
