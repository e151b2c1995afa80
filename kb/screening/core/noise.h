/* Mean-one noise of a block of cells: two normal numbers a cycle, each a function of its address alone. */
#ifndef KB_NOISE_H
#define KB_NOISE_H

#include "cycle.h"
#include "philox.h"

struct noise { /* every array has length LANES; two normal numbers a cycle, made for two cycles at once */
    _Alignas(64) uint64_t word[4][LANES];
    real normal[4][LANES];
    real ratio[LANES], exponent[LANES];
};

INLINE real real_of_word(uint64_t word) { /* 0..2^32 - 1 */
#ifdef CYCLING_SINGLE
    return 2 * (real)(int32_t)((uint32_t)word >> 1);
#else
    return real_of((bits)((word & 0xffffffff) | 0x4330000000000000)) - 4503599627370496.0;
#endif
}

/* The sign of x flipped where bit `place` of the word is set. */
INLINE real flipped(real x, uint64_t word, int place) {
#ifdef CYCLING_SINGLE
    return real_of(bits_of(x) ^ (bits)(((uint32_t)word >> place) << 31));
#else
    return real_of(bits_of(x) ^ (bits)((word >> place) << 63));
#endif
}

/* Box-Muller: two words of each lane become two normal numbers. */
INLINE void make_normal(struct noise *restrict n, size_t count, const uint64_t *first, const uint64_t *second,
                               real *restrict one, real *restrict other) {
    EACH_LANE log_split(1 + real_of_word(first[k]), &n->ratio[k], &n->exponent[k]);
    EACH_LANE {
        const real log_uniform = log_joined(n->ratio[k], n->exponent[k]) - 32 * LN_2;
        const real radius = SQRT(at_least(-log_uniform, 0)); /* and sqrt(2), which goes against that of the angle */
        /* Within a quarter of the circle, pi/4 either side of its middle; two more bits choose the quarter. */
        const real angle = (real_of_word(second[k]) * (real)(1.0 / 4294967296.0) - (real)0.5) * (real)1.5707963267948966;
        const real y = angle * angle;
        const real sine = angle * (1 + y * ((real)(-1.0 / 6) + y * ((real)(1.0 / 120) +
                                   y * ((real)(-1.0 / 5040) + y * (real)(1.0 / 362880)))));
        const real cosine = 1 + y * ((real)-0.5 + y * ((real)(1.0 / 24) + y * ((real)(-1.0 / 720) +
                            y * ((real)(1.0 / 40320) + y * (real)(-1.0 / 3628800)))));
        one[k] = flipped(radius * (cosine - sine), first[k], 0);
        other[k] = flipped(radius * (cosine + sine), first[k], 1);
    }
}

/* Make the noise of two cycles at once, an even one and the next.
 *   id     length count: what the noise of each draw is addressed by
 *   cycle  length count: cycles completed, even
 */
INLINE void draw_noise(struct noise *n, const uint64_t *id, const int64_t *cycle, uint64_t seed, size_t count) {
    EACH_LANE {
        n->word[0][k] = id[k] & 0xffffffff;
        n->word[1][k] = (uint64_t)cycle[k] / 2;
        n->word[2][k] = id[k] >> 32;
        n->word[3][k] = 0; /* the stream; there is one */
    }
    philox(n->word[0], n->word[1], n->word[2], n->word[3], count, seed);
    make_normal(n, count, n->word[0], n->word[1], n->normal[0], n->normal[1]);
    make_normal(n, count, n->word[2], n->word[3], n->normal[2], n->normal[3]);
}

#endif
