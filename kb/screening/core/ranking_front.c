#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ranking.h"
#include "span.h"

/* Rows are compared eight at a time: a block is LANES rows stored column after column, so that one comparison of a
 * column runs over neighbours in memory.  Within this file the unknown is -inf; a lane without a row is NaN, which
 * covers nothing. */
enum { LANES = 8, FRESH = 128, MOST_LEVELS = 24, MOST_TREES = 96 };

/* What the rows on the front so far do to a row: one that is covered (a front row is nowhere worse) but not dominated
 * (nor better by more than epsilon anywhere) is marked, but need not judge others: what covers it does. */
enum verdict { FREE, COVERED, DOMINATED };

/* What every test needs: the number of columns, and epsilon, length m, or NULL for zeros. */
struct measure {
    size_t m;
    const double *epsilon;
};

/* Rows of the front with their bounds: level 0 holds the rows, in blocks; each lane of a block one level up holds the
 * column-wise maxima of one block below.  A block whose maxima do not cover a row has no row that does. */
struct tree {
    size_t first, count;           /* its rows are kept[first] .. kept[first + count - 1] */
    int top;                       /* the level that is a single block */
    size_t start[MOST_LEVELS + 1]; /* number of blocks in the levels below */
    double *blocks;                /* length start[top + 1] * LANES * m */
};

struct forest {
    struct measure measure;
    const double **kept; /* the rows on the front, those of the trees first, then the fresh */
    size_t count, fresh; /* all of them; those not yet in a tree, less than FRESH */
    double *recent;      /* the fresh in blocks, length FRESH * m */
    int trees;
    struct tree tree[MOST_TREES];
};

/* --- the one comparison --------------------------------------------------------------------------------------- */

/* Which rows of a block are nowhere worse than `row`: a bit for each lane. */
static inline unsigned front_covering(const double *block, const double *row, size_t m) {
    int64_t covers[LANES], any = 0;
    for (int l = 0; l < LANES; l++) covers[l] = block[l] >= row[0] ? -1 : 0;
    for (size_t j = 1; j < m; j++) {
        for (int l = 0; l < LANES; l++) covers[l] &= block[j * LANES + l] >= row[j] ? -1 : 0;
    }
    for (int l = 0; l < LANES; l++) any |= covers[l];
    if (any == 0) return 0;
    unsigned lanes = 0;
    for (int l = 0; l < LANES; l++) lanes |= (unsigned)(covers[l] & 1) << l;
    return lanes;
}

/* Whether a lane that covers a row is somewhere better by more than epsilon.  Of two unknown values the difference is
 * NaN, and no comparison with that is true. */
static inline bool front_exceeds(const double *block, int lane, const double *row, const struct measure *measure) {
    for (size_t j = 0; j < measure->m; j++) {
        if (block[j * LANES + lane] - row[j] > (measure->epsilon == NULL ? 0.0 : measure->epsilon[j])) return true;
    }
    return false;
}

static inline enum verdict front_judge(const double *block, const double *row, const struct measure *measure) {
    const unsigned lanes = front_covering(block, row, measure->m);
    if (lanes == 0) return FREE;
    for (int l = 0; l < LANES; l++) {
        if ((lanes >> l & 1) && front_exceeds(block, l, row, measure)) return DOMINATED;
    }
    return COVERED;
}

static inline void front_place(double *block, int lane, const double *row, size_t m) {
    for (size_t j = 0; j < m; j++) block[j * LANES + lane] = row[j];
}

static void front_vacate(double *blocks, size_t length) {
    for (size_t k = 0; k < length; k++) blocks[k] = NAN;
}

/* --- the front so far, as trees ------------------------------------------------------------------------------- */

/* Bring the row that belongs at `middle` in ascending order of a column there, smaller ones before it (Hoare's FIND). */
static void front_find(const double **rows, ptrdiff_t count, ptrdiff_t middle, size_t column) {
    ptrdiff_t low = 0, high = count - 1;
    while (low < high) {
        const double pivot = rows[low + (high - low) / 2][column];
        ptrdiff_t i = low, j = high;
        while (i <= j) {
            while (rows[i][column] < pivot) i++;
            while (rows[j][column] > pivot) j--;
            if (i <= j) {
                const double *swapped = rows[i];
                rows[i++] = rows[j];
                rows[j--] = swapped;
            }
        }
        if (j < middle) low = i;
        if (middle < i) high = j;
    }
}

/* Order rows as the leaves of a k-d tree: neighbours are alike, so the maxima of a block are close to its rows.
 * The left part gets a power of two of blocks, so that the blocks of each level are whole subtrees. */
static void front_arrange(const double **rows, size_t count, size_t column, size_t m) {
    while (count > LANES) {
        size_t half = LANES;
        while (2 * half < count) half *= 2;
        front_find(rows, (ptrdiff_t)count, (ptrdiff_t)half, column);
        column = column + 1 == m ? 0 : column + 1;
        front_arrange(rows, half, column, m);
        rows += half;
        count -= half;
    }
}

static bool front_build(struct tree *tree, const double **kept, size_t m) {
    front_arrange(kept + tree->first, tree->count, 0, m);
    size_t width = tree->count;
    for (tree->top = -1, tree->start[0] = 0; width > 1 || tree->top < 0;) {
        width = (width + LANES - 1) / LANES;
        tree->top++;
        tree->start[tree->top + 1] = tree->start[tree->top] + width;
    }
    const size_t blocks = tree->start[tree->top + 1], size = LANES * m;
    tree->blocks = malloc(blocks * size * sizeof *tree->blocks);
    if (tree->blocks == NULL) return false;
    front_vacate(tree->blocks, blocks * size);
    for (size_t i = 0; i < tree->count; i++) {
        front_place(&tree->blocks[i / LANES * size], (int)(i % LANES), kept[tree->first + i], m);
    }
    for (int level = 1; level <= tree->top; level++) {
        const double *below = &tree->blocks[tree->start[level - 1] * size];
        double *here = &tree->blocks[tree->start[level] * size];
        for (size_t b = 0; b < tree->start[level] - tree->start[level - 1]; b++) {
            for (size_t j = 0; j < m; j++) {
                const double *column = &below[b * size + j * LANES];
                double most = column[0];
                for (int l = 1; l < LANES; l++) most = column[l] > most ? column[l] : most;
                here[b / LANES * size + j * LANES + b % LANES] = most;
            }
        }
    }
    return true;
}

static enum verdict front_descend(const struct tree *tree, int level, size_t b, const double *row,
                                  const struct measure *measure) {
    const double *block = &tree->blocks[(tree->start[level] + b) * LANES * measure->m];
    if (level == 0) return front_judge(block, row, measure);
    const unsigned lanes = front_covering(block, row, measure->m);
    enum verdict verdict = FREE;
    for (int l = 0; lanes >> l != 0 && verdict != DOMINATED; l++) {
        if (!(lanes >> l & 1)) continue;
        const enum verdict found = front_descend(tree, level - 1, b * LANES + (size_t)l, row, measure);
        if (found > verdict) verdict = found;
    }
    return verdict;
}

static enum verdict forest_judge(const struct forest *forest, const double *row) {
    enum verdict verdict = FREE;
    for (int t = 0; t < forest->trees && verdict != DOMINATED; t++) {
        const enum verdict found = front_descend(&forest->tree[t], forest->tree[t].top, 0, row, &forest->measure);
        if (found > verdict) verdict = found;
    }
    for (size_t i = 0; i < forest->fresh && verdict != DOMINATED; i += LANES) {
        const enum verdict found = front_judge(&forest->recent[i * forest->measure.m], row, &forest->measure);
        if (found > verdict) verdict = found;
    }
    return verdict;
}

/* Keep a row of the front.  When FRESH have come they become a tree; four trees that are no larger than the last
 * become one, so that there are few trees and each row is arranged few times (Bentley and Saxe's logarithmic method). */
static bool forest_keep(struct forest *forest, const double *row) {
    const size_t m = forest->measure.m;
    front_place(&forest->recent[forest->fresh / LANES * LANES * m], (int)(forest->fresh % LANES), row, m);
    forest->kept[forest->count++] = row;
    if (++forest->fresh < FRESH) return true;

    struct tree grown = {.first = forest->count - FRESH, .count = FRESH};
    for (;;) {
        int alike = 0;
        while (alike < forest->trees && forest->tree[forest->trees - 1 - alike].count <= grown.count) alike++;
        if (alike < 3) break;
        for (; alike > 0; alike--) {
            const struct tree *merged = &forest->tree[--forest->trees];
            grown.first = merged->first;
            grown.count += merged->count;
            free(merged->blocks);
        }
    }
    if (!front_build(&grown, forest->kept, m)) return false;
    forest->tree[forest->trees++] = grown;
    forest->fresh = 0;
    front_vacate(forest->recent, FRESH * m);
    return true;
}

/* --- before the sort: what a few strong rows dominate goes at once -------------------------------------------- */

/* A few rows that dominate much, renewed while the rows pass by (LESS: Godfrey, Shipley, Gryz, VLDB 2005).  How much
 * a row dominates is guessed by the product of its places between the ends of a sample. */
struct champions {
    double *block;  /* length LANES * m */
    double *ends;   /* length 2 * m: of each column the low end and 1 / span */
    double *strongest; /* length m */
    double volume[LANES], most;
    int weakest;
};

enum { SAMPLE = 1024, BATCH = 64 };

static void champions_begin(struct champions *champions, const double *values, size_t n, size_t m) {
    const size_t stride = n / SAMPLE + 1;
    for (size_t j = 0; j < m; j++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < n; i += stride) {
            const double value = values[i * m + j];
            if (value < low) low = value;
            if (value > high) high = value;
        }
        champions->ends[2 * j] = low;
        champions->ends[2 * j + 1] = high > low ? 1.0 / (high - low) : 0.0;
    }
    front_vacate(champions->block, LANES * m);
    for (int l = 0; l < LANES; l++) champions->volume[l] = 0.0;
    for (size_t j = 0; j < m; j++) champions->strongest[j] = -INFINITY;
    champions->weakest = 0;
    champions->most = 0.0;
}

/* Whether the strongest dominates a row that may hold NaN: most rows go here, so no branch but the last is taken for
 * reasons of the row's own. */
static inline bool champions_first(const struct champions *champions, const double *row, const struct measure *measure) {
    const double *strongest = champions->strongest;
    int worse = 0;
    for (size_t j = 0; j < measure->m; j++) worse |= row[j] > strongest[j];
    if (worse) return false;
    for (size_t j = 0; j < measure->m; j++) {
        if (strongest[j] - row[j] > (measure->epsilon == NULL ? 0.0 : measure->epsilon[j])) return true;
    }
    return false; /* equal, or differing in unknown values: left to the other tests */
}

static void champions_meet(struct champions *champions, const double *row, size_t m) {
    double volume = 1.0;
    for (size_t j = 0; j < m; j++) {
        if (champions->ends[2 * j + 1] == 0.0) continue; /* a constant column favours nobody */
        const double place = (row[j] - champions->ends[2 * j]) * champions->ends[2 * j + 1];
        volume *= place > 0.0 ? place : 0.0;
    }
    if (!(volume > champions->volume[champions->weakest])) return;
    front_place(champions->block, champions->weakest, row, m);
    champions->volume[champions->weakest] = volume;
    if (volume > champions->most) {
        champions->most = volume;
        memcpy(champions->strongest, row, m * sizeof *row);
    }
    for (int l = 0; l < LANES; l++) {
        if (champions->volume[l] < champions->volume[champions->weakest]) champions->weakest = l;
    }
}

/* --- the order ------------------------------------------------------------------------------------------------ */

/* A row that is left: `key` never is smaller than that of a row it dominates. */
struct entry {
    double key;
    const double *row;
};

static inline bool entry_precedes(const struct entry *a, const struct entry *b, size_t m) {
    if (a->key != b->key) return a->key > b->key;
    for (size_t j = 0; j < m; j++) {
        if (a->row[j] != b->row[j]) return a->row[j] > b->row[j];
    }
    return false;
}

/* Merge sort in descending order; `spare` has the length of `entries`. */
static void entries_sort(struct entry *entries, struct entry *spare, size_t count, size_t m) {
    if (count < 2) return;
    const size_t half = count / 2;
    entries_sort(entries, spare, half, m);
    entries_sort(entries + half, spare, count - half, m);
    if (!entry_precedes(&entries[half], &entries[half - 1], m)) return;
    memcpy(spare, entries, half * sizeof *entries);
    size_t i = 0, j = half, k = 0;
    while (i < half && j < count) entries[k++] = entry_precedes(&entries[j], &spare[i], m) ? entries[j++] : spare[i++];
    while (i < half) entries[k++] = spare[i++];
}

static inline bool front_equal(const double *a, const double *b, size_t m) {
    for (size_t j = 0; j < m; j++) {
        if (a[j] != b[j]) return false;
    }
    return true;
}

/* --- the front ------------------------------------------------------------------------------------------------ */

static bool front_any_infinite(const double *values, size_t length) {
    int64_t infinite = 0;
    for (size_t k = 0; k < length; k++) infinite |= fabs(values[k]) > DBL_MAX ? -1 : 0;
    return infinite != 0;
}

/* Copy the rows that no champion dominates, their places in `values` beside them.  Returns their number, or SIZE_MAX
 * where a value is infinite. */
static size_t front_filter(const double *values, size_t n, const struct measure *measure, struct champions *champions,
                           double *rows, size_t *origin) {
    const size_t m = measure->m;
    size_t left = 0;
    champions_begin(champions, values, n, m);
    for (size_t i = 0; i < n; i++) {
        if (i % BATCH == 0 && front_any_infinite(&values[i * m], (n - i < BATCH ? n - i : BATCH) * m)) return SIZE_MAX;
        if (champions_first(champions, &values[i * m], measure)) continue;
        double *row = &rows[left * m];
        for (size_t j = 0; j < m; j++) row[j] = isnan(values[i * m + j]) ? -INFINITY : values[i * m + j];
        if (front_judge(champions->block, row, measure) == DOMINATED) continue;
        champions_meet(champions, row, m);
        origin[left++] = i;
    }
    return left;
}

/* Key the rows by the sum of their places: a row that dominates another never gets the smaller key, and where keys tie
 * the comparison goes on through the row.  Together: an order in which no row precedes one that dominates it. */
static void front_order(const double *rows, size_t count, size_t m, struct span *spans, struct entry *entries) {
    for (size_t j = 0; j < m; j++) spans[j] = span_of_none;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < m; j++) {
            if (rows[i * m + j] != -INFINITY) span_take(&spans[j], rows[i * m + j]);
        }
    }
    for (size_t j = 0; j < m; j++) span_close(&spans[j]);
    for (size_t i = 0; i < count; i++) {
        const double *row = &rows[i * m];
        double key = 0.0;
        for (size_t j = 0; j < m; j++) key += row[j] == -INFINITY ? 0.0 : span_place(row[j], &spans[j]);
        entries[i] = (struct entry){key, row};
    }
    entries_sort(entries, entries + count, count, m);
}

/* In that order a row is dominated, if at all, by one that the forest has (sort-filter-skyline: Chomicki, Godfrey, Gryz,
 * Liang, ICDE 2003). */
static bool front_sweep(const struct entry *entries, size_t count, const double *rows, const size_t *origin,
                        struct forest *forest, unsigned char *front) {
    const size_t m = forest->measure.m;
    enum verdict verdict = DOMINATED;
    for (size_t e = 0; e < count; e++) {
        const double *row = entries[e].row;
        const bool again = e > 0 && front_equal(row, entries[e - 1].row, m); /* shares the fate of the row before */
        if (!again) verdict = forest_judge(forest, row);
        front[origin[(size_t)(row - rows) / m]] = verdict != DOMINATED;
        if (!again && verdict == FREE && !forest_keep(forest, row)) return false;
    }
    return true;
}

enum ranking_status ranking_pareto_front(const double *values, size_t n, size_t m, const double *epsilon,
                                         unsigned char *front) {
    if (n == 0) return RANKING_OK;
    if (m == 0) { /* nothing to differ in: all rows are equal */
        memset(front, 1, n);
        return RANKING_OK;
    }
    if (n > SIZE_MAX / (2 * sizeof(struct entry)) || m > SIZE_MAX / (FRESH * sizeof(double))) return RANKING_NO_MEMORY;
    struct forest forest = {.measure = {m, epsilon}};
    struct champions champions = {
        .block = malloc(LANES * m * sizeof(double)), .ends = malloc(2 * m * sizeof(double)), .strongest = malloc(m * sizeof(double))};
    struct span *spans = malloc(m * sizeof *spans);
    double *rows = malloc(n * m * sizeof *rows);
    size_t *origin = malloc(n * sizeof *origin);
    struct entry *entries = NULL;
    enum ranking_status status = RANKING_NO_MEMORY;
    if (champions.block == NULL || champions.ends == NULL || champions.strongest == NULL || spans == NULL || rows == NULL || origin == NULL) goto done;
    const size_t left = front_filter(values, n, &forest.measure, &champions, rows, origin);
    if (left == SIZE_MAX) {
        status = RANKING_INFINITE;
        goto done;
    }
    entries = malloc(2 * left * sizeof *entries);
    forest.kept = malloc(left * sizeof *forest.kept);
    forest.recent = malloc(FRESH * m * sizeof *forest.recent);
    if (entries == NULL || forest.kept == NULL || forest.recent == NULL) goto done;
    front_vacate(forest.recent, FRESH * m);
    front_order(rows, left, m, spans, entries);
    memset(front, 0, n);
    if (front_sweep(entries, left, rows, origin, &forest, front)) status = RANKING_OK;
done:
    while (forest.trees > 0) free(forest.tree[--forest.trees].blocks);
    free(forest.recent);
    free(forest.kept);
    free(entries);
    free(origin);
    free(rows);
    free(spans);
    free(champions.strongest);
    free(champions.ends);
    free(champions.block);
    return status;
}
