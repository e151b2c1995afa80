/* One cycle of a block of cells, in short passes over arrays that stay in the first level cache; each pass is a loop
 * without branches that a compiler turns into SIMD code.  README.md says why the passes are cut where they are.
 *
 * Meaning and order of the steps: physics.md section e; in plain Python kb/screening/cycling_twin.py.
 */
#ifndef KB_CYCLE_H
#define KB_CYCLE_H

#include <math.h>

#include "cycling.h"
#include "elementary.h"

#define LANES 64
#define GROUP 16 /* lanes in work are rounded up to this, the widest vector */
#define EACH_LANE for (size_t k = 0; k < count; k++)

#ifdef CYCLING_SINGLE
#define SQRT sqrtf
#define DOUBT 2e-5 /* V; within it of the cut-off an overpotential is computed again exactly */
#else
#define SQRT sqrt
#define DOUBT 1e-6
#endif

#define THERMAL_VOLTAGE 0.025692579 /* RT/F at 298.15 K, V */
#define LEAST_WET 0.02
#define MOST_NEAR 0.999    /* of the limiting current */
#define LEAST_LOG (-60.0)  /* exp of it is as good as nothing; keeps exp_fast within its range, noise added */
#define MOST_WEAR_LOG 4.4  /* exp(-exp(4.4)) is as good as nothing too */
#define LEAST_INTEGRITY 1e-30 /* above what is slow for a processor to compute with (subnormal) */
#define LARGEST 1e15       /* parameters beyond are taken as this; their products stay finite in single precision */

struct cells { /* every array has length LANES */
    /* state */
    real active[LANES];    /* mAh/cm2 */
    real dead[LANES];      /* mAh/cm2 */
    real sei[LANES];       /* nm */
    real solvent[LANES];   /* mg/cm2 */
    real integrity[LANES]; /* 1..0 */
    real front[LANES];     /* dendrites, um */
    real log_integrity[LANES]; /* kept by strides only */

    /* parameters, folded with what the protocol fixes */
    real dead_bare[LANES], dead_coated[LANES];                 /* mAh/cm2 per cycle */
    real exchange_bare[LANES], exchange_gain[LANES];           /* mA/cm2 */
    real coating_ohm[LANES], electrolyte_ohm[LANES];           /* V at the current of the protocol */
    real sei_ohm[LANES];                                       /* V per nm */
    real dead_ohm[LANES];                                      /* V per mAh/cm2 */
    real sei_growth[LANES];                                    /* nm2 per cycle */
    real crack_growth[LANES];                                  /* nm per unit of lost integrity */
    real wear_log[LANES], fatigue[LANES], dead_strain[LANES];  /* log of damage per cycle; exponent; cm2/mAh */
    real rate_log[LANES], rate_exponent[LANES];                /* log of rate-driven death at the mean current */
    real suppression[LANES], sei_solvent[LANES];               /* 0..1; mg/mAh */
    real nearness[LANES], hot_spot[LANES];                     /* current over limiting current; per lost integrity */

    /* what its polarisation was decided by */
    real room[LANES];                                          /* cut-off less ohmic drop, over thermal voltage */
    real kinetic[LANES], kinetic_bound[LANES];                 /* polarised where kinetic > bound exp(room) */

    /* on the way through one cycle */
    real local[LANES], strain[LANES];                          /* current and strain over their starting values */
    real local_ratio[LANES], local_exponent[LANES], strain_ratio[LANES], strain_exponent[LANES]; /* halves of logs */
    real over_wet[LANES], near_limit[LANES];                   /* 1 / wetted fraction; 0..0.999 */
    real rate_power[LANES], wear_power[LANES];                 /* logs of the two that follow */
    real rate[LANES], wear[LANES];                             /* rate-driven death; integrity lost, logarithm */
    real wear_noise[LANES], dead_noise[LANES];                 /* logs of mean-one factors */
    real parabolic[LANES];                                     /* growth of the SEI over intact surface, nm */
    real next[LANES];                                          /* integrity after the cycle */
    real polarised[LANES];                                     /* 1 or 0 */
};
#define LANE_QUANTITIES 29 /* those of the first three groups: what belongs to a cell rather than to a pass */

/* The protocol, folded and in the precision of the lanes. */
struct setting {
    real limit; /* cycles */
    real capacity, solvent_share, half_current, room_most, room_share, separator, dry;
    real sei_charge, sei_area, dead_solvent, dendrite_rate, dendrite_threshold, noise, noise_shift;
};

INLINE real at_most(real a, real b) { return a < b ? a : b; }
INLINE real at_least(real a, real b) { return a > b ? a : b; }
/* A flag is 1 or 0 as a real, and several are joined by the larger: of that every instruction set makes SIMD code. */
INLINE real flag(int condition) { return condition ? (real)1 : (real)0; }

static struct setting setting_of(const struct cycling_study *study) {
    const struct cycling_protocol *p = &study->protocol;
    return (struct setting){
        .limit = (real)study->limit,
        .capacity = (real)p->capacity,
        .solvent_share = (real)(1.0 / p->electrolyte),
        .half_current = (real)(0.5 * p->current),
        .room_most = (real)fmin((p->cutoff - DOUBT) / THERMAL_VOLTAGE, -LEAST_LOG),
        .room_share = (real)(1.0 / THERMAL_VOLTAGE),
        .separator = (real)p->separator,
        .dry = (real)(p->dry_fraction * p->electrolyte),
        .sei_charge = (real)p->sei_charge,
        .sei_area = (real)p->sei_area,
        .dead_solvent = (real)p->dead_solvent,
        .dendrite_rate = (real)p->dendrite_rate,
        .dendrite_threshold = (real)p->dendrite_threshold,
        .noise = (real)study->noise,
        .noise_shift = (real)(-0.5 * study->noise * study->noise),
    };
}

/* Put a fresh cell of one draw into a lane. */
static void load(struct cells *c, size_t k, const struct cycling_study *study, size_t draw) {
    const struct cycling_protocol *p = &study->protocol;
    double value[CYCLING_PARAMETERS];
    for (size_t j = 0; j < CYCLING_PARAMETERS; j++) value[j] = fmin(study->coatings[j][draw], LARGEST);
    const double volt = 1e-3 * p->current; /* ohm cm2 to V */
    c->active[k] = (real)p->lithium;
    c->dead[k] = 0;
    c->sei[k] = (real)p->sei;
    c->solvent[k] = (real)p->electrolyte;
    c->integrity[k] = 1;
    c->front[k] = 0;
    c->log_integrity[k] = 0;
    c->dead_bare[k] = (real)(value[DEAD_BARE] * p->capacity);
    c->dead_coated[k] = (real)(value[DEAD_COATED] * p->capacity);
    c->exchange_bare[k] = (real)value[EXCHANGE_BARE];
    c->exchange_gain[k] = (real)(value[EXCHANGE_COATED] - value[EXCHANGE_BARE]);
    c->coating_ohm[k] = (real)(value[COATING_RESISTANCE] * volt);
    c->electrolyte_ohm[k] = (real)(value[ELECTROLYTE_RESISTANCE] * volt);
    c->sei_ohm[k] = (real)(value[SEI_RESISTIVITY] * volt);
    c->dead_ohm[k] = (real)(value[DEAD_RESISTANCE] * volt);
    c->sei_growth[k] = (real)(value[SEI_GROWTH] * 2.0 * p->capacity / p->current);
    c->crack_growth[k] = (real)value[CRACK_GROWTH];
    c->wear_log[k] = (real)fmax(log(value[DAMAGE_RATE]) + value[FATIGUE_EXPONENT] * log(value[STRAIN_RATIO]), -LARGEST);
    c->fatigue[k] = (real)value[FATIGUE_EXPONENT];
    c->dead_strain[k] = (real)(value[DEAD_STRAIN] / p->capacity);
    c->rate_log[k] = (real)fmax(value[RATE_EXPONENT] * log(p->current / value[RATE_CURRENT]), -LARGEST);
    c->rate_exponent[k] = (real)value[RATE_EXPONENT];
    c->suppression[k] = (real)value[SUPPRESSION];
    c->sei_solvent[k] = (real)value[SEI_SOLVENT];
    c->nearness[k] = (real)fmin(p->current / value[LIMITING_CURRENT], LARGEST);
    c->hot_spot[k] = (real)value[HOT_SPOT];
}

/* Copy a cell from one lane to another. */
static void move_lane(struct cells *c, size_t to, size_t from) {
    real(*quantity)[LANES] = (real(*)[LANES])c;
    for (size_t j = 0; j < LANE_QUANTITIES; j++) quantity[j][to] = quantity[j][from];
    c->polarised[to] = c->polarised[from];
}

INLINE void see_surface(struct cells *restrict c, const struct setting *s, size_t count) {
    EACH_LANE {
        const real local = 1 + c->hot_spot[k] * (1 - c->integrity[k]);
        const real over_wet = 1 / at_least(c->solvent[k] * s->solvent_share, (real)LEAST_WET);
        c->local[k] = local;
        c->strain[k] = 1 + c->dead_strain[k] * c->dead[k];
        c->over_wet[k] = over_wet;
        c->near_limit[k] = at_most(local * c->nearness[k] * over_wet, (real)MOST_NEAR);
    }
}

INLINE void split_logs(struct cells *restrict c, size_t count) {
    EACH_LANE {
        log_split(c->local[k], &c->local_ratio[k], &c->local_exponent[k]);
        log_split(c->strain[k], &c->strain_ratio[k], &c->strain_exponent[k]);
    }
}

INLINE void raise_powers(struct cells *restrict c, const struct setting *s, size_t count) {
    EACH_LANE {
        c->rate_power[k] = c->rate_log[k] + c->rate_exponent[k] * log_joined(c->local_ratio[k], c->local_exponent[k]);
        c->wear_power[k] = c->wear_log[k] + c->fatigue[k] * log_joined(c->strain_ratio[k], c->strain_exponent[k]);
        const real over_wet = c->over_wet[k];
        const real ohmic = c->electrolyte_ohm[k] * over_wet * SQRT(over_wet) + c->integrity[k] * c->coating_ohm[k] +
                           c->sei_ohm[k] * c->sei[k] + c->dead_ohm[k] * c->dead[k];
        c->room[k] = at_least(s->room_most - ohmic * s->room_share, (real)LEAST_LOG);
    }
}

/* asinh(x) = log(x + sqrt(x^2 + 1)), so that charge transfer and concentration make one logarithm, of
 * (half + sqrt(half^2 + exchange^2))^2 / (exchange^2 (1 - near_limit)).  That is compared with exp(room), because an
 * exponential is cheaper than a logarithm and a division. */
INLINE void wear_down(struct cells *restrict c, const struct setting *s, size_t count, int noisy) {
    EACH_LANE {
        const real wear_power = noisy ? c->wear_power[k] + c->wear_noise[k] : c->wear_power[k];
        c->rate[k] = exp_fast(at_least(c->rate_power[k], (real)LEAST_LOG));
        c->wear[k] = -exp_fast(at_least(at_most(wear_power, (real)MOST_WEAR_LOG), (real)LEAST_LOG));
        const real exchange = c->exchange_bare[k] + c->integrity[k] * c->exchange_gain[k];
        const real sum = s->half_current + SQRT(s->half_current * s->half_current + exchange * exchange);
        c->kinetic[k] = sum * sum;
        c->kinetic_bound[k] = exchange * exchange * (1 - c->near_limit[k]);
    }
}

/* The SEI grows here too, because its root keeps a unit busy that this pass does not need.  Returns whether any lane
 * may be polarised. */
INLINE real end_wear(struct cells *restrict c, size_t count) {
    real any = 0;
    EACH_LANE {
        const real sei = c->sei[k];
        const real root = SQRT(sei * sei + c->sei_growth[k]);
#ifdef CYCLING_SINGLE
        const real parabolic = c->sei_growth[k] / (root + sei + (real)1e-30); /* the difference would lose all digits */
#else
        const real parabolic = root - sei;
#endif
        c->parabolic[k] = parabolic;
        c->next[k] = at_least(c->integrity[k] * exp_fast(c->wear[k]), (real)LEAST_INTEGRITY);
        const real polarised = flag(c->kinetic[k] > c->kinetic_bound[k] * exp_rough(c->room[k]));
        c->polarised[k] = polarised;
        any = at_least(any, polarised);
    }
    return any;
}

/* The overpotential of a state, in double and with the library's functions, V. */
static double overpotential(const struct cycling_study *study, size_t draw, double dead, double sei, double solvent,
                            double integrity) {
    const struct cycling_protocol *p = &study->protocol;
    const double *const *value = study->coatings;
    const double wet = fmax(solvent / p->electrolyte, LEAST_WET);
    const double local = p->current * (1.0 + value[HOT_SPOT][draw] * (1.0 - integrity));
    const double bare = value[EXCHANGE_BARE][draw], exchange = bare + integrity * (value[EXCHANGE_COATED][draw] - bare);
    const double near_limit = fmin(local / value[LIMITING_CURRENT][draw] / wet, MOST_NEAR);
    const double resistance = value[ELECTROLYTE_RESISTANCE][draw] / wet * sqrt(1.0 / wet) +
                              integrity * value[COATING_RESISTANCE][draw] + value[SEI_RESISTIVITY][draw] * sei +
                              value[DEAD_RESISTANCE][draw] * dead;
    return p->current * resistance * 1e-3 + 2.0 * THERMAL_VOLTAGE * asinh(0.5 * p->current / exchange) -
           THERMAL_VOLTAGE * log(1.0 - near_limit);
}

/* Look again, exactly, at the lanes that may be polarised.  Returns whether one is. */
static int settle_polarisation(struct cells *c, const struct cycling_study *study, const size_t *draw, size_t live) {
    int any = 0;
    for (size_t k = 0; k < live; k++) {
        if (c->polarised[k] == 0) continue;
        const double volt = overpotential(study, draw[k], c->dead[k], c->sei[k], c->solvent[k], c->integrity[k]);
        c->polarised[k] = flag(volt > study->protocol.cutoff);
        any |= c->polarised[k] != 0;
    }
    return any;
}

/* All the passes up to what the cycle changes.  Returns whether a lane may be polarised. */
INLINE real begin_cycle(struct cells *restrict c, const struct setting *s, size_t count, int noisy) {
    see_surface(c, s, count);
    split_logs(c, count);
    raise_powers(c, s, count);
    wear_down(c, s, count, noisy);
    return end_wear(c, count);
}

struct change { /* of one lane in one cycle */
    real lost;    /* active lithium, mAh/cm2 */
    real dead;    /* mAh/cm2 */
    real sei;     /* nm */
    real solvent; /* consumed, mg/cm2 */
    real front;   /* um */
};

INLINE struct change change_of(const struct cells *restrict c, const struct setting *s, size_t k, real noise) {
    const real next = c->next[k], gone = 1 - next;
    const real grown = c->parabolic[k] + c->crack_growth[k] * gone;
    const real to_sei = s->sei_charge * grown * (1 + s->sei_area * gone);
    const real to_dead = (c->dead_coated[k] * next + c->dead_bare[k] * gone) * (1 + c->rate[k]) * noise;
    const real drive = at_least((1 - c->suppression[k] * next) * c->near_limit[k] - s->dendrite_threshold, 0);
    return (struct change){to_sei + to_dead, to_dead, grown, c->sei_solvent[k] * to_sei + s->dead_solvent * to_dead,
                           s->dendrite_rate * drive};
}

INLINE real has_failed(const struct setting *s, real front, real active, real solvent) {
    return at_least(flag(front > s->separator), at_least(flag(active < s->capacity), flag(solvent < s->dry)));
}

/* Why a lane failed, in the pinned order; SURVIVED where it did not. */
static enum cycling_mode mode_of(const struct cells *c, const struct setting *s, size_t k) {
    if (c->front[k] > s->separator) return SHORT;
    if (c->active[k] < s->capacity) return LITHIUM;
    if (c->solvent[k] < s->dry) return DRY;
    return c->polarised[k] != 0 ? POLARISATION : SURVIVED;
}

#endif
