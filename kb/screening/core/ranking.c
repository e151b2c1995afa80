#include "ranking.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Smallest and largest known value of a column; `half` is 0.5 where high - low would overflow, else 1. */
struct span {
    double low, high, half;
};

static enum ranking_status ranking_spans(const double *values, size_t n, size_t m, struct span *spans) {
    for (size_t j = 0; j < m; j++) spans[j] = (struct span){INFINITY, -INFINITY, 1.0};
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < m; j++) {
            const double value = values[i * m + j];
            if (isinf(value)) return RANKING_INFINITE;
            /* Comparisons with NaN are false, so the unknown moves neither end. */
            if (value < spans[j].low) spans[j].low = value;
            if (value > spans[j].high) spans[j].high = value;
        }
    }
    for (size_t j = 0; j < m; j++) {
        if (isinf(spans[j].high - spans[j].low)) spans[j].half = 0.5;
    }
    return RANKING_OK;
}

/* Place of a value in its column, 0 to 1.  Never decreases as the value grows, which the front relies on. */
static inline double ranking_place(double value, const struct span *span) {
    if (isnan(value)) return 0.0;
    if (span->high == span->low) return 1.0;
    const double low = span->low * span->half;
    return (value * span->half - low) / (span->high * span->half - low);
}

enum ranking_status ranking_desirability(const double *values, size_t n, size_t m, const double *weights,
                                         double *score) {
    if (n == 0) return RANKING_OK;
    if (m == 0) {
        memset(score, 0, n * sizeof *score);
        return RANKING_OK;
    }
    struct span *spans = malloc(m * sizeof *spans);
    if (spans == NULL) return RANKING_NO_MEMORY;
    const enum ranking_status status = ranking_spans(values, n, m, spans);
    if (status == RANKING_OK) {
        double total = 0.0;
        for (size_t j = 0; j < m; j++) total += weights[j];
        for (size_t i = 0; i < n; i++) {
            double sum = 0.0;
            for (size_t j = 0; j < m; j++) sum += weights[j] * ranking_place(values[i * m + j], &spans[j]);
            score[i] = sum / total;
        }
    }
    free(spans);
    return status;
}

/* A row on its way through the front: `row` points at m doubles with -inf for the unknown. */
struct entry {
    double key;
    const double *row;
    size_t m; /* in each entry because qsort hands its comparison no context */
};

static int ranking_compare(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    if (a->key != b->key) return a->key > b->key ? -1 : 1;
    for (size_t j = 0; j < a->m; j++) {
        if (a->row[j] != b->row[j]) return a->row[j] > b->row[j] ? -1 : 1;
    }
    return 0;
}

static inline int ranking_covers(const double *a, const double *b, size_t m) {
    for (size_t j = 0; j < m; j++) {
        if (a[j] < b[j]) return 0;
    }
    return 1;
}

static inline int ranking_equal(const double *a, const double *b, size_t m) {
    for (size_t j = 0; j < m; j++) {
        if (a[j] != b[j]) return 0;
    }
    return 1;
}

/* Rows in descending order of key: a row can only be dominated by one that stands before it. */
static void ranking_sweep(struct entry *entries, size_t n, const double *rows, size_t m, const double **kept,
                          unsigned char *front) {
    size_t count = 0;
    for (size_t e = 0; e < n; e++) {
        const double *row = entries[e].row;
        unsigned char *mark = &front[(size_t)(row - rows) / m];
        if (e > 0 && ranking_equal(row, entries[e - 1].row, m)) {
            *mark = front[(size_t)(entries[e - 1].row - rows) / m];
            continue;
        }
        size_t k = 0;
        while (k < count && !ranking_covers(kept[k], row, m)) k++;
        if (k == count) {
            kept[count++] = row;
            *mark = 1;
        } else if (k > 0) {
            /* A row that dominates one mostly dominates more: bring it forward for the rows to come. */
            const double *strong = kept[k];
            kept[k] = kept[k / 2];
            kept[k / 2] = strong;
        }
    }
}

enum ranking_status ranking_pareto_front(const double *values, size_t n, size_t m, unsigned char *front) {
    if (n == 0) return RANKING_OK;
    if (m == 0) { /* nothing to differ in: all rows are equal */
        memset(front, 1, n);
        return RANKING_OK;
    }
    if (n > SIZE_MAX / sizeof(struct entry) || m > SIZE_MAX / sizeof(struct span)) return RANKING_NO_MEMORY;
    struct span *spans = malloc(m * sizeof *spans);
    double *rows = malloc(n * m * sizeof *rows);
    struct entry *entries = malloc(n * sizeof *entries);
    const double **kept = malloc(n * sizeof *kept);
    enum ranking_status status = RANKING_NO_MEMORY;
    if (spans == NULL || rows == NULL || entries == NULL || kept == NULL) goto done;
    status = ranking_spans(values, n, m, spans);
    if (status != RANKING_OK) goto done;

    /* The key is the sum of places.  Each step (subtract, divide by a positive, add) rounds monotonically, also
     * where a compiler contracts multiply-adds (the one product, by 1 or 0.5, is exact), so a dominating row
     * never gets the smaller key; where keys tie, the comparison goes through the row.  Together: an order in
     * which no row precedes one that dominates it. */
    for (size_t i = 0; i < n; i++) {
        double key = 0.0;
        for (size_t j = 0; j < m; j++) {
            const double value = values[i * m + j];
            key += ranking_place(value, &spans[j]);
            rows[i * m + j] = isnan(value) ? -INFINITY : value;
        }
        entries[i] = (struct entry){key, &rows[i * m], m};
    }

    /* Before the sort, drop what the row with the largest key dominates: with a clear winner that is most. */
    size_t best = 0, left = 0;
    for (size_t i = 1; i < n; i++) {
        if (entries[i].key > entries[best].key) best = i;
    }
    const double *champion = entries[best].row;
    memset(front, 0, n);
    for (size_t i = 0; i < n; i++) {
        if (!ranking_covers(champion, entries[i].row, m) || ranking_equal(champion, entries[i].row, m)) {
            entries[left++] = entries[i];
        }
    }
    qsort(entries, left, sizeof *entries, ranking_compare);
    ranking_sweep(entries, left, rows, m, kept, front);
done:
    free(kept);
    free(entries);
    free(rows);
    free(spans);
    return status;
}
