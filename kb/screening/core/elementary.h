/* Branch-free exp and log over `real`, which is float or double; a compiler turns loops over them into SIMD code.
 *
 * Relative errors (measured in tests/kb/screening/test_cycling.py through the lives they lead to): double 5e-11,
 * single 1e-7, which is what the simulator needs and no more.  The coefficients are weighted least-squares fits on
 * Chebyshev nodes, iterated towards the minimax polynomial.
 *   exp  argument within -85..85
 *   log  argument 1 or larger
 */
#ifndef KB_ELEMENTARY_H
#define KB_ELEMENTARY_H

#include <stdint.h>
#include <string.h>

/* Functions that take a constant (whether there is noise) must be compiled once for each of its values. */
#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#elif defined(_MSC_VER)
#define INLINE static __forceinline
#else
#define INLINE static inline
#endif

#ifdef CYCLING_SINGLE
typedef float real;
typedef int32_t bits; /* as wide as real, so that a mask or an exponent fills a lane */
#define FRACTION_BITS 23
#define ROUNDER 12582912.0f /* 1.5 * 2^23: adding it leaves the nearest integer in the lowest bits */
#define SQRT_HALF_BITS 0x3f3504f3
#else
typedef double real;
typedef int64_t bits;
#define FRACTION_BITS 52
#define ROUNDER 6755399441055744.0 /* 1.5 * 2^52 */
#define SQRT_HALF_BITS 0x3fe6a09e667f3bcd
#endif
#define LN_2 ((real)0.69314718055994530942)
#define LOG2_E ((real)1.44269504088896340736)

INLINE bits bits_of(real x) {
    bits b;
    memcpy(&b, &x, sizeof b);
    return b;
}

INLINE real real_of(bits b) {
    real x;
    memcpy(&x, &b, sizeof x);
    return x;
}

/* 1 + r + r^2 p(r), times 2^n by adding n, which stands in the lowest bits of `shifted`, to the exponent. */
INLINE real exp_joined(real r, real p, real shifted) {
#ifdef CYCLING_SINGLE
    const bits n = (bits)((uint32_t)bits_of(shifted) << FRACTION_BITS);
#else
    const bits n = (bits)((uint64_t)bits_of(shifted) << FRACTION_BITS);
#endif
    return real_of(bits_of(1 + (r + r * r * p)) + n);
}

INLINE real exp_fast(real x) {
    const real shifted = x * LOG2_E + ROUNDER;
    const real r = x - (shifted - ROUNDER) * LN_2, r2 = r * r;
#ifdef CYCLING_SINGLE
    const real p = (0.4999999345147266f + r * 0.1666652068756313f) +
                   r2 * ((0.041668387408548405f + r * 0.00836871003530676f) + r2 * 0.001381461100095755f);
#else
    const real p = (0.5000000067646484 + r * 0.16666665869416497) +
                   r2 * ((0.04166629508246032 + r * 0.008333497003092355) +
                         r2 * (0.0013944649272908958 + r * 0.0001979035713720078));
#endif
    return exp_joined(r, p, shifted);
}

/* The same to a relative error of 1e-7, where a decision near the bound is taken again exactly. */
INLINE real exp_rough(real x) {
    const real shifted = x * LOG2_E + ROUNDER;
    const real r = x - (shifted - ROUNDER) * LN_2, r2 = r * r;
    const real p = ((real)0.4999923176205251 + r * (real)0.16667114452042125) +
                   r2 * ((real)0.04189011625260338 + r * (real)0.008312526969085505);
    return exp_joined(r, p, shifted);
}

/* log in two halves, to be put into two loops: the chain of dependent steps is too long for one.
 * x = m 2^exponent with m within sqrt(1/2)..sqrt(2); ratio = (m - 1) / (m + 1). */
INLINE void log_split(real x, real *ratio, real *exponent) {
    const bits above = bits_of(x) - SQRT_HALF_BITS;
#ifdef CYCLING_SINGLE
    *exponent = (real)(above >> FRACTION_BITS);
#else
    /* no instruction below AVX-512 converts 64-bit integers, so: put it into the fraction of 2^52, subtract that */
    *exponent = real_of((bits)((uint64_t)above >> FRACTION_BITS) | 0x4330000000000000) - 4503599627370496.0;
#endif
    const real m = real_of((above & (((bits)1 << FRACTION_BITS) - 1)) + SQRT_HALF_BITS);
    *ratio = (m - 1) / (m + 1);
}

INLINE real log_joined(real ratio, real exponent) {
    const real y = ratio * ratio;
#ifdef CYCLING_SINGLE
    const real p = 0.6666677608416999f + y * (0.39977574156988466f + y * 0.2987093385390856f);
#else
    const real p = (0.6666666564866838 + y * 0.40000334530168913) +
                   y * y * (0.285373472133272 + y * 0.2358146795733414);
#endif
    return (exponent * LN_2 + 2 * ratio) + ratio * y * p;
}

#endif
