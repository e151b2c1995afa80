/* Cycling of n protected lithium electrodes until each fails; plain C11, no Python.
 *
 * Battery units throughout: areal capacity mAh/cm2, current density mA/cm2, time h, resistance ohm cm2,
 * SEI thickness nm, electrolyte mg/cm2, length um, potential V.
 * The caller has checked every number: finite, in the range that kb/screening/cycling.py gives for it.
 */
#ifndef KB_CYCLING_H
#define KB_CYCLING_H

#include <stddef.h>
#include <stdint.h>

/* What one draw of one candidate is made of; the order is that of kb.screening.cycling.PARAMETERS. */
enum cycling_parameter {
    DEAD_BARE,              /* fraction of plated lithium that dies per cycle on bare surface */
    DEAD_COATED,            /* same under an intact coating */
    EXCHANGE_BARE,          /* exchange current density, mA/cm2 */
    EXCHANGE_COATED,        /* mA/cm2 */
    COATING_RESISTANCE,     /* ohm cm2 */
    ELECTROLYTE_RESISTANCE, /* ohm cm2 */
    SEI_GROWTH,             /* parabolic constant, nm2/h */
    SEI_RESISTIVITY,        /* ohm cm2 per nm */
    CRACK_GROWTH,           /* nm of SEI per unit of lost integrity and cycle */
    STRAIN_RATIO,           /* strain demand over critical strain */
    FATIGUE_EXPONENT,
    DAMAGE_RATE, /* per cycle at strain ratio 1 */
    RATE_EXPONENT,
    RATE_CURRENT,     /* mA/cm2 at which rate-driven death doubles the loss */
    SUPPRESSION,      /* 0..1 */
    SEI_SOLVENT,      /* mg electrolyte per mAh of SEI */
    DEAD_RESISTANCE,  /* ohm cm2 per mAh/cm2 of dead lithium */
    LIMITING_CURRENT, /* mA/cm2 */
    HOT_SPOT,         /* extra local current per unit of lost integrity */
    DEAD_STRAIN,      /* extra strain per cycled capacity of dead lithium */
    CYCLING_PARAMETERS
};

/* What the experimenter sets; the order is that of the fields of kb.screening.cycling.Protocol. */
struct cycling_protocol {
    double capacity;           /* cycled per half cycle, mAh/cm2 */
    double current;            /* mA/cm2 */
    double lithium;            /* on the anode at the start, mAh/cm2 */
    double electrolyte;        /* mg/cm2 */
    double sei;                /* at the start, nm */
    double separator;          /* um */
    double cutoff;             /* V */
    double sei_charge;         /* mAh/cm2 per nm of SEI grown */
    double sei_area;           /* extra SEI per unit of lost integrity */
    double dead_solvent;       /* mg electrolyte per mAh of dead lithium */
    double dendrite_rate;      /* um per cycle and unit of drive */
    double dendrite_threshold; /* drive below which nothing grows */
    double dry_fraction;       /* electrolyte left at which the cell is dry */
};

enum cycling_mode { SURVIVED, SHORT, LITHIUM, DRY, POLARISATION };

struct cycling_study {
    const double *coatings[CYCLING_PARAMETERS]; /* each length n */
    const uint64_t *draw_ids;                   /* length n; what the noise of each draw is addressed by */
    struct cycling_protocol protocol;
    double noise;    /* standard deviation of the logarithm of the mean-one noise, 0 for none */
    uint64_t seed;   /* key of the noise */
    int32_t limit;   /* cycles at most */
    int32_t *cycles; /* length n, out: full cycles completed */
    int8_t *mode;    /* length n, out: enum cycling_mode */
};

/* Cycle the draws start..stop-1; touches nothing of the others, so that parts may run in parallel. */
typedef void cycling_runner(const struct cycling_study *study, size_t start, size_t stop);

enum cycling_isa { CYCLING_BASELINE, CYCLING_AVX2, CYCLING_AVX512, CYCLING_ISAS };
extern const char *const cycling_isa_names[CYCLING_ISAS];

/* Whether this binary has a kernel for the instruction set and this processor can run it. */
int cycling_supports(enum cycling_isa isa);

/* The kernel of a supported instruction set; `macro` steps over many cycles at once and knows no noise. */
cycling_runner *cycling_runner_of(enum cycling_isa isa, int single, int macro);

#endif
