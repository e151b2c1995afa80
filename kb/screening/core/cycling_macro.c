/* The cycling simulator, many cycles at a time, without noise; compiled as cycling_exact.c is.
 *
 * A stride takes `length` cycles at once.  The change of the state in cycle x of the stride is taken as the parabola
 * through the changes in its first cycle, 0, its middle one, (length - 1) / 2, and the one after it, `length`; a state
 * is the sum of these changes, which for length 1 is the exact step.  The last of the three is also the first of the
 * next stride, so that a stride costs two evaluations.  How much the parabola alters the sum tells how long to make
 * the next stride, and whether to take this one back.
 */
#include <string.h>

#include "cycle.h"

#ifndef CYCLING_MACRO
#error "CYCLING_MACRO must name the function of this compilation"
#endif

enum { ACTIVE, DEAD, SEI, SOLVENT, LOG_INTEGRITY, FRONT, STATES };

struct strides { /* reals first, see move_stride */
    real start[STATES][LANES];                                             /* state before the stride */
    real first[STATES][LANES], middle[STATES][LANES], last[STATES][LANES]; /* changes in these cycles */
    real slope[STATES][LANES], next_slope[STATES][LANES]; /* of the change, as this stride and the next begin */
    real length[LANES];                                   /* cycles */
    real per_whole[LANES], per_half[LANES], per_rest[LANES]; /* 1 over the whole, its middle, what follows that */
    real sum[LANES];                                      /* what a curve of 1 adds to length times the middle change */
    real bend[LANES];                                     /* what the parabola adds, over what is tolerated */
    real done[LANES];                                     /* cycles completed, this stride included */
    real fresh[LANES];                                    /* 1 where the cell came after the changes were measured */
    size_t draw[LANES];
};
#define STRIDE_REALS (6 * STATES + 8)

#define FIRST_LENGTH 24
#define LOSS_TOLERANCE 0.3   /* of the parabola's part, in cycles */
#define WEAR_TOLERANCE 0.02  /* in the logarithm of integrity */
#define FRONT_TOLERANCE 0.01 /* in separators */
#define TOO_FAR 4            /* times these, and the stride is taken back */

/* The quantity q of all lanes; of integrity the logarithm. */
INLINE real *quantity(struct cells *c, int q) {
    real *const place[STATES] = {c->active, c->dead, c->sei, c->solvent, c->log_integrity, c->front};
    return place[q];
}

INLINE void measure_changes(const struct cells *restrict c, const struct setting *s,
                                   real (*restrict change)[LANES], size_t count) {
    EACH_LANE {
        const struct change now = change_of(c, s, k, 1);
        change[ACTIVE][k] = -now.lost;
        change[DEAD][k] = now.dead;
        change[SEI][k] = now.sei;
        change[SOLVENT][k] = -now.solvent;
        change[LOG_INTEGRITY][k] = c->wear[k];
        change[FRONT][k] = now.front;
    }
}

INLINE void update_integrity(struct cells *restrict c, size_t count) {
    EACH_LANE {
        c->log_integrity[k] = at_least(c->log_integrity[k], (real)LEAST_LOG);
        c->integrity[k] = exp_fast(c->log_integrity[k]);
    }
}

INLINE real size_of(real x) { return at_least(x, -x); }

INLINE int taken_back(const struct strides *t, size_t k) { return t->bend[k] > TOO_FAR && t->length[k] > 1; }

INLINE void choose_lengths(struct strides *restrict t, const struct setting *s, size_t count) {
    EACH_LANE {
        const real growth = at_most(at_least((real)0.9 / SQRT(SQRT(t->bend[k] + (real)1e-3)), (real)0.25), 4);
        const real wanted = t->length[k] > 0 ? t->length[k] * growth : FIRST_LENGTH;
        const real whole = (wanted - (real)0.5 + ROUNDER) - ROUNDER;
        const real length = at_least(at_most(whole, s->limit - t->done[k]), 1) * (1 - t->fresh[k]);
        const real half = at_least((length - 1) * (real)0.5, (real)0.25); /* where length is 1 nothing depends on it */
        t->length[k] = length;
        t->fresh[k] = 0;
        t->per_whole[k] = 1 / at_least(length, 1);
        t->per_half[k] = 1 / half;
        t->per_rest[k] = 1 / (at_least(length, 1) - half);
        t->sum[k] = length * (length - 1) * (length + 1) * (real)(1.0 / 12);
    }
}

/* Half the curvature of the parabola through the changes: first + slope x + curve x^2 in cycle x. */
INLINE real curve_of(const struct strides *t, int q, size_t k) {
    const real first = t->first[q][k];
    return ((t->last[q][k] - first) * t->per_whole[k] - (t->middle[q][k] - first) * t->per_half[k]) * t->per_rest[k];
}

INLINE real slope_of(const struct strides *t, int q, size_t k, real curve) {
    return (t->middle[q][k] - t->first[q][k]) * t->per_half[k] - curve * (t->length[k] - 1) * (real)0.5;
}

/* With the change after the stride known, add what it tells, or go back to where the stride began. */
INLINE void correct_end(struct cells *restrict c, const struct setting *s, struct strides *restrict t,
                               size_t count) {
    const real per_front = 1 / (s->separator * (real)FRONT_TOLERANCE);
    EACH_LANE {
        const real loss = size_of(t->middle[ACTIVE][k]) + (real)LEAST_INTEGRITY;
        const real lost = size_of(curve_of(t, ACTIVE, k)) / (loss * (real)LOSS_TOLERANCE);
        const real worn = size_of(curve_of(t, LOG_INTEGRITY, k)) * (real)(1 / WEAR_TOLERANCE);
        const real grown = size_of(curve_of(t, FRONT, k)) * per_front;
        t->bend[k] = at_least(lost, at_least(worn, grown)) * t->sum[k];
    }
    for (int q = 0; q < STATES; q++) {
        real *restrict state = quantity(c, q);
        EACH_LANE {
            const real curve = curve_of(t, q, k);
            const real slope = slope_of(t, q, k, curve) + 2 * curve * t->length[k];
            const real corrected = state[k] + curve * t->sum[k];
            t->next_slope[q][k] = t->length[k] > 0 ? slope : 0;
            state[k] = taken_back(t, k) ? t->start[q][k] : corrected;
        }
    }
    update_integrity(c, count);
}

/* The last stride, if it stands, becomes history; then to the middle of the next. */
INLINE void go_to_middle(struct cells *restrict c, const struct setting *s, struct strides *restrict t,
                                size_t count) {
    for (int q = 0; q < STATES; q++) {
        EACH_LANE {
            t->first[q][k] = taken_back(t, k) ? t->first[q][k] : t->last[q][k];
            t->slope[q][k] = taken_back(t, k) ? t->slope[q][k] : t->next_slope[q][k];
        }
    }
    choose_lengths(t, s, count);
    for (int q = 0; q < STATES; q++) {
        real *restrict state = quantity(c, q);
        EACH_LANE {
            const real half = at_least((t->length[k] - 1) * (real)0.5, 0);
            t->start[q][k] = state[k];
            state[k] += half * (t->first[q][k] + t->slope[q][k] * (half - 1) * (real)0.5);
        }
    }
    update_integrity(c, count);
}

INLINE void go_to_end(struct cells *restrict c, const struct strides *restrict t, size_t count) {
    for (int q = 0; q < STATES; q++) {
        real *restrict state = quantity(c, q);
        EACH_LANE state[k] = t->start[q][k] + t->length[k] * t->middle[q][k];
    }
    update_integrity(c, count);
}

/* --- the end of a life within a stride --------------------------------------------------------------------------- */

struct path { /* of one quantity of one lane through its last stride */
    double start, first, slope, curve;
};

static struct path path_of(const struct strides *t, int q, size_t k) {
    const real curve = curve_of(t, q, k);
    return (struct path){(double)t->start[q][k], (double)t->first[q][k], (double)slope_of(t, q, k, curve), (double)curve};
}

INLINE double after(struct path p, double cycles) {
    return p.start + cycles * (p.first + 0.5 * (cycles - 1) * (p.slope + (2 * cycles - 1) / 3 * p.curve));
}

struct ends { /* the paths that can meet a bound */
    struct path front, active, solvent;
};

INLINE enum cycling_mode exhausted_after(const struct ends *e, const struct setting *s, double cycles) {
    if (after(e->front, cycles) > (double)s->separator) return SHORT;
    if (after(e->active, cycles) < (double)s->capacity) return LITHIUM;
    return after(e->solvent, cycles) < (double)s->dry ? DRY : SURVIVED;
}

/* Whether a lane is polarised in the cycle after `cycles` of its last stride. */
static int polarised_after(const struct strides *t, size_t k, const struct cycling_study *study, double cycles) {
    const double volt = overpotential(study, t->draw[k], after(path_of(t, DEAD, k), cycles),
                                      after(path_of(t, SEI, k), cycles), after(path_of(t, SOLVENT, k), cycles),
                                      exp(after(path_of(t, LOG_INTEGRITY, k), cycles)));
    return volt > study->protocol.cutoff;
}

/* Find the first of the cycles 1..last of the last stride in which a cell fails; SURVIVED where it fails in none. */
static enum cycling_mode find_failure(const struct cells *c, const struct setting *s, const struct strides *t, size_t k,
                                      const struct cycling_study *study, int64_t last, int64_t *cycle) {
    const struct ends ends = {path_of(t, FRONT, k), path_of(t, ACTIVE, k), path_of(t, SOLVENT, k)};
    enum cycling_mode mode = exhausted_after(&ends, s, (double)last);
    for (int64_t before = 0; mode != SURVIVED && last - before > 1;) {
        const int64_t middle = before + (last - before) / 2;
        const enum cycling_mode then = exhausted_after(&ends, s, (double)middle);
        if (then == SURVIVED) {
            before = middle;
        } else {
            last = middle;
            mode = then;
        }
    }
    *cycle = last;
    /* Polarisation is the last in the order, so that it decides only where it comes in an earlier cycle. */
    int64_t polarised = mode == SURVIVED ? last : last - 1;
    const int far = c->kinetic[k] < (real)0.1 * c->kinetic_bound[k] * exp_rough(c->room[k]); /* 59 mV below the cut-off */
    if (far || polarised < 1 || !polarised_after(t, k, study, (double)polarised - 1)) return mode;
    for (int64_t before = 0; polarised - before > 1;) {
        const int64_t middle = before + (polarised - before) / 2;
        if (polarised_after(t, k, study, (double)middle - 1)) {
            polarised = middle;
        } else {
            before = middle;
        }
    }
    *cycle = polarised;
    return POLARISATION;
}

/* Write down the life of a lane, if it has ended.  Returns whether it has. */
static int stride_ends(const struct cells *c, const struct setting *s, const struct strides *t, size_t k,
                       const struct cycling_study *study) {
    if (taken_back(t, k)) return 0;
    enum cycling_mode mode = mode_of(c, s, k); /* polarised: in the cycle after the stride */
    if (mode == SURVIVED && t->done[k] < s->limit) return 0;
    const int64_t length = (int64_t)t->length[k], limit = study->limit;
    int64_t cycle = mode == POLARISATION || length == 0 ? length + 1 : length;
    if (length > 0) {
        int64_t earlier;
        const enum cycling_mode then = find_failure(c, s, t, k, study, length, &earlier);
        if (then != SURVIVED) {
            mode = then;
            cycle = earlier;
        }
    }
    int64_t cycles = (int64_t)t->done[k] - length + cycle - 1;
    if (mode == SURVIVED || cycles >= limit) {
        mode = SURVIVED;
        cycles = limit;
    }
    study->cycles[t->draw[k]] = (int32_t)cycles;
    study->mode[t->draw[k]] = (int8_t)mode;
    return 1;
}

/* What the lane's last cell left in the changes is finite, and counts nothing in a stride of no length. */
static void settle_in_stride(struct cells *c, struct strides *t, size_t k, const struct cycling_study *study,
                             size_t draw) {
    load(c, k, study, draw);
    t->length[k] = t->sum[k] = t->bend[k] = t->done[k] = 0;
    t->fresh[k] = 1;
    t->draw[k] = draw;
}

static void move_stride(struct strides *t, size_t to, size_t from) {
    real(*number)[LANES] = (real(*)[LANES])t;
    for (size_t j = 0; j < STRIDE_REALS; j++) number[j][to] = number[j][from];
    t->draw[to] = t->draw[from];
}

/* Returns whether a lane may have ended. */
INLINE real count_cycles(const struct cells *restrict c, const struct setting *s, struct strides *restrict t,
                                size_t count) {
    real ended = 0;
    EACH_LANE {
        const real done = t->done[k] + (taken_back(t, k) ? 0 : t->length[k]);
        t->done[k] = done;
        ended = at_least(ended, at_least(flag(done >= s->limit), has_failed(s, c->front[k], c->active[k], c->solvent[k])));
    }
    return ended;
}

void CYCLING_MACRO(const struct cycling_study *study, size_t start, size_t stop) {
    if (start == stop) return;
    const struct setting s = setting_of(study);
    _Alignas(64) struct cells c;
    _Alignas(64) struct strides t;
    memset(&t, 0, sizeof t);
    size_t next = start, live = 0;
    for (size_t k = 0; k < LANES; k++) {
        settle_in_stride(&c, &t, k, study, next < stop ? next : start); /* spare lanes compute along, unread */
        t.fresh[k] = 0;
        if (next < stop) next++, live++;
    }
    while (live > 0) {
        const size_t count = (live + GROUP - 1) / GROUP * GROUP;
        int ended = begin_cycle(&c, &s, count, 0) > 0 && settle_polarisation(&c, study, t.draw, live);
        measure_changes(&c, &s, t.last, count);
        correct_end(&c, &s, &t, count);
        ended |= count_cycles(&c, &s, &t, count) > 0;
        for (size_t k = 0; ended && k < live;) {
            if (!stride_ends(&c, &s, &t, k, study)) {
                k++;
            } else if (next < stop) {
                settle_in_stride(&c, &t, k++, study, next++);
            } else if (--live > k) {
                move_lane(&c, k, live);
                move_stride(&t, k, live);
            }
        }
        go_to_middle(&c, &s, &t, count);
        begin_cycle(&c, &s, count, 0);
        measure_changes(&c, &s, t.middle, count);
        go_to_end(&c, &t, count);
    }
}
