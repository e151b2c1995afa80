/* The cycling simulator, cycle by cycle; compiled once for each instruction set and precision (see CMakeLists.txt).
 *
 * A block of LANES cells goes through the cycles together (cycle.h).  A lane whose cell has failed is given the next
 * draw at once, so that no lane idles before the last draw; after it the live lanes are kept together.
 */
#include "cycle.h"
#include "noise.h"

#ifndef CYCLING_EXACT
#error "CYCLING_EXACT must name the function of this compilation"
#endif

struct lanes { /* whose cell a lane holds; every array has length LANES */
    size_t draw[LANES];
    uint64_t id[LANES];
    int64_t started[LANES]; /* step of the block at which it was given that draw */
    int64_t age[LANES];     /* cycles completed, where noise is made */
    int idle[LANES];        /* no cell until the next even step */
};

/* Returns whether a lane has failed. */
INLINE real end_cycle(struct cells *restrict c, const struct setting *s, size_t count, int noisy) {
    real ended = 0;
    EACH_LANE {
        const struct change change = change_of(c, s, k, noisy ? exp_fast(c->dead_noise[k]) : 1);
        const real active = c->active[k] - change.lost, solvent = c->solvent[k] - change.solvent;
        const real front = c->front[k] + change.front;
        c->active[k] = active;
        c->dead[k] += change.dead;
        c->sei[k] += change.sei;
        c->solvent[k] = solvent;
        c->front[k] = front;
        c->integrity[k] = c->next[k];
        ended = at_least(ended, has_failed(s, front, active, solvent));
    }
    return ended;
}

static void settle_in(struct cells *c, struct lanes *lane, size_t k, const struct cycling_study *study, size_t draw,
                      int64_t step) {
    load(c, k, study, draw);
    lane->draw[k] = draw;
    lane->id[k] = study->draw_ids[draw];
    lane->started[k] = step;
    lane->idle[k] = 0;
}

INLINE void cycle_all(const struct cycling_study *study, size_t start, size_t stop, int noisy) {
    const struct setting s = setting_of(study);
    _Alignas(64) struct cells cells;
    struct noise noise;
    struct lanes lane;
    size_t next = start, live = 0;
    int64_t step = 0, deadline = study->limit; /* the step at which some lane must be looked at */
    for (size_t k = 0; k < LANES; k++) {
        settle_in(&cells, &lane, k, study, next < stop ? next : start, 0); /* spare lanes compute along, unread */
        if (next < stop) next++, live++;
    }
    while (live > 0) {
        const size_t count = (live + GROUP - 1) / GROUP * GROUP;
        if (noisy) {
            const size_t odd = (size_t)(step & 1);
            if (!odd) {
                EACH_LANE lane.age[k] = step - lane.started[k];
                draw_noise(&noise, lane.id, lane.age, study->seed, count);
            }
            const real *wear = noise.normal[2 * odd], *dead = noise.normal[2 * odd + 1];
            EACH_LANE {
                cells.wear_noise[k] = s.noise * wear[k] + s.noise_shift;
                cells.dead_noise[k] = s.noise * dead[k] + s.noise_shift;
            }
        }
        int ended = begin_cycle(&cells, &s, count, noisy) > 0 && settle_polarisation(&cells, study, lane.draw, live);
        ended |= end_cycle(&cells, &s, count, noisy) > 0;
        step++;
        if (!ended && step < deadline) continue;

        deadline = INT64_MAX;
        const int may_begin = !noisy || step % 2 == 0; /* noise is made for two cycles, from an even one on */
        for (size_t k = 0; k < live;) {
            if (!lane.idle[k]) {
                const enum cycling_mode mode = mode_of(&cells, &s, k);
                const int64_t age = step - lane.started[k];
                if (mode == SURVIVED && age < study->limit) {
                    if (lane.started[k] + study->limit < deadline) deadline = lane.started[k] + study->limit;
                    k++;
                    continue;
                }
                study->cycles[lane.draw[k]] = (int32_t)(age - (mode != SURVIVED));
                study->mode[lane.draw[k]] = (int8_t)mode;
            }
            if (!may_begin) {
                load(&cells, k, study, lane.draw[k]);
                lane.idle[k++] = 1;
                deadline = step + 1;
            } else if (next < stop) {
                settle_in(&cells, &lane, k++, study, next++, step);
                if (step + study->limit < deadline) deadline = step + study->limit;
            } else if (--live > k) {
                move_lane(&cells, k, live);
                lane.draw[k] = lane.draw[live];
                lane.id[k] = lane.id[live];
                lane.started[k] = lane.started[live];
                lane.idle[k] = lane.idle[live];
            }
        }
    }
}

void CYCLING_EXACT(const struct cycling_study *study, size_t start, size_t stop) {
    if (study->noise > 0) {
        cycle_all(study, start, stop, 1);
    } else {
        cycle_all(study, start, stop, 0);
    }
}
