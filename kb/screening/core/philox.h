/* Philox4x32-10 over arrays: a random number is a function of its address, so that neither threads nor the order
 * of the draws can change it.  Salmon et al., Proc. SC11 (2011), doi 10.1145/2063384.2063405.
 */
#ifndef KB_PHILOX_H
#define KB_PHILOX_H

#include <stddef.h>
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* 64-bit lanes of which only the lower 32 bits count; what a multiplication leaves above them is never read. */
#if defined(__AVX512F__)
typedef uint64_t philox_words __attribute__((vector_size(64), may_alias));
static inline philox_words philox_product(philox_words a, philox_words b) {
    return (philox_words)_mm512_mul_epu32((__m512i)a, (__m512i)b);
}
#elif defined(__AVX2__)
typedef uint64_t philox_words __attribute__((vector_size(32), may_alias));
static inline philox_words philox_product(philox_words a, philox_words b) {
    return (philox_words)_mm256_mul_epu32((__m256i)a, (__m256i)b);
}
#elif defined(__x86_64__)
typedef uint64_t philox_words __attribute__((vector_size(16), may_alias));
static inline philox_words philox_product(philox_words a, philox_words b) {
    return (philox_words)_mm_mul_epu32((__m128i)a, (__m128i)b);
}
#else
typedef uint64_t philox_words;
static inline philox_words philox_product(philox_words a, philox_words b) {
    return (a & 0xffffffff) * (b & 0xffffffff);
}
#endif
#define PHILOX_GROUP (sizeof(philox_words) / sizeof(uint64_t))

/* Replace each counter (c0[k], c1[k], c2[k], c3[k]) by its four random words, in the lower halves.
 *   c0..c3  length count, a multiple of 8; aligned to 64 bytes
 */
static inline void philox(uint64_t *c0, uint64_t *c1, uint64_t *c2, uint64_t *c3, size_t count, uint64_t key) {
    const philox_words none = {0}, multiplier_0 = none + 0xD2511F53u, multiplier_2 = none + 0xCD9E8D57u;
    for (size_t k = 0; k < count; k += PHILOX_GROUP) {
        philox_words a = *(philox_words *)(c0 + k), b = *(philox_words *)(c1 + k);
        philox_words c = *(philox_words *)(c2 + k), d = *(philox_words *)(c3 + k);
        uint32_t key_0 = (uint32_t)key, key_1 = (uint32_t)(key >> 32);
        for (int round = 0; round < 10; round++) {
            const philox_words p = philox_product(multiplier_0, a), q = philox_product(multiplier_2, c);
            a = (q >> 32) ^ b ^ (uint64_t)key_0;
            c = (p >> 32) ^ d ^ (uint64_t)key_1;
            b = q;
            d = p;
            key_0 += 0x9E3779B9u;
            key_1 += 0xBB67AE85u;
        }
        *(philox_words *)(c0 + k) = a;
        *(philox_words *)(c1 + k) = b;
        *(philox_words *)(c2 + k) = c;
        *(philox_words *)(c3 + k) = d;
    }
}

#endif
