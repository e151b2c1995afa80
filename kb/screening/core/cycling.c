/* Which kernel runs: one for each instruction set that was compiled, asked of the processor at run time. */
#include "cycling.h"

#define DECLARE(isa)                                                             \
    cycling_runner cycling_exact_##isa##_double, cycling_exact_##isa##_single,   \
        cycling_macro_##isa##_double, cycling_macro_##isa##_single;
#define KERNELS(isa)                                                             \
    {{cycling_exact_##isa##_double, cycling_macro_##isa##_double},               \
     {cycling_exact_##isa##_single, cycling_macro_##isa##_single}}

DECLARE(baseline)
#ifdef CYCLING_X86
DECLARE(avx2)
DECLARE(avx512)
#endif

const char *const cycling_isa_names[CYCLING_ISAS] = {"baseline", "avx2", "avx512"};

static cycling_runner *const kernels[CYCLING_ISAS][2][2] = {
    [CYCLING_BASELINE] = KERNELS(baseline),
#ifdef CYCLING_X86
    [CYCLING_AVX2] = KERNELS(avx2),
    [CYCLING_AVX512] = KERNELS(avx512),
#endif
};

int cycling_supports(enum cycling_isa isa) {
#ifdef CYCLING_X86
    __builtin_cpu_init();
    if (isa == CYCLING_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (isa == CYCLING_AVX512) {
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
    }
#endif
    return isa == CYCLING_BASELINE;
}

cycling_runner *cycling_runner_of(enum cycling_isa isa, int single, int macro) {
    return kernels[isa][single != 0][macro != 0];
}
