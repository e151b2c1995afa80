#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ranking.h"
#include "span.h"

static enum ranking_status ranking_spans(const double *values, size_t n, size_t m, struct span *spans) {
    for (size_t j = 0; j < m; j++) spans[j] = span_of_none;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < m; j++) {
            const double value = values[i * m + j];
            if (isinf(value)) return RANKING_INFINITE;
            span_take(&spans[j], value);
        }
    }
    for (size_t j = 0; j < m; j++) span_close(&spans[j]);
    return RANKING_OK;
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
            for (size_t j = 0; j < m; j++) {
                const double value = values[i * m + j];
                sum += isnan(value) ? 0.0 : weights[j] * span_place(value, &spans[j]);
            }
            score[i] = sum / total;
        }
    }
    free(spans);
    return status;
}

/* What TOPSIS needs of a column.  All is times `scale`, a power of two by which no square overflows or vanishes. */
struct column {
    double best, worst, scale; /* -inf and inf where nothing is known */
    double squares; /* sum over all rows, an unknown value counting as the worst */
    double pull;    /* weight of a distance in this column, so that the longest weighted distance of all columns is 1 */
};

/* Rows that are summed side by side: their values lie behind one another, so the sums run over neighbours in memory. */
enum { ABREAST = 8, TILE = 128 };

/* Ends and squares of all columns in one pass; `sums` has length 3 * ABREAST * m. */
static enum ranking_status topsis_survey(const double *values, size_t n, size_t m, double *sums, struct column *columns) {
    const size_t width = ABREAST * m;
    double *low = sums, *high = sums + width, *squares = sums + 2 * width;
    for (size_t k = 0; k < width; k++) low[k] = INFINITY, high[k] = -INFINITY, squares[k] = 0.0;
    for (size_t i = 0; i < n; i += ABREAST) {
        const size_t length = n - i < ABREAST ? (n - i) * m : width;
        for (size_t k = 0; k < length; k++) {
            const double value = values[i * m + k]; /* comparisons with NaN are false, its square is NaN */
            low[k] = value < low[k] ? value : low[k];
            high[k] = value > high[k] ? value : high[k];
            squares[k] += value * value;
        }
    }
    for (size_t j = 0; j < m; j++) {
        struct column column = {-INFINITY, INFINITY, 1.0, 0.0, 0.0};
        for (size_t k = j; k < width; k += m) {
            column.worst = low[k] < column.worst ? low[k] : column.worst;
            column.best = high[k] > column.best ? high[k] : column.best;
            column.squares += squares[k];
        }
        if (column.worst == -INFINITY || column.best == INFINITY) return RANKING_INFINITE;
        columns[j] = column;
    }
    return RANKING_OK;
}

/* Take the squares of a column again where something in it is unknown, or where they leave the range of a double. */
static void topsis_mend(const double *values, size_t n, size_t m, struct column *column) {
    if (!(column->best > column->worst)) return; /* nothing known, or nothing to tell apart */
    const double peak = fmax(fabs(column->best), fabs(column->worst));
    if (!isnan(column->squares) && peak > 1e-140 && peak < 1e140) return;
    int exponent;
    frexp(peak, &exponent);
    column->scale = ldexp(1.0, exponent < -1000 ? 1000 : -exponent);
    column->best *= column->scale;
    column->worst *= column->scale;
    column->squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double value = isnan(values[i * m]) ? column->worst : values[i * m] * column->scale;
        column->squares += value * value;
    }
}

/* Closeness does not change when all distances grow alike, so the longest is made 1: no square of it is lost.
 * Returns 0 where no column tells two rows apart. */
static int topsis_weigh(struct column *columns, size_t m, const double *weights) {
    double heaviest = 0.0, longest = 0.0;
    for (size_t j = 0; j < m; j++) {
        if (columns[j].best > columns[j].worst) heaviest = fmax(heaviest, weights[j]);
    }
    if (heaviest == 0.0) return 0;
    for (size_t j = 0; j < m; j++) {
        if (!(columns[j].best > columns[j].worst)) continue;
        columns[j].pull = weights[j] / heaviest / sqrt(columns[j].squares);
        longest = fmax(longest, columns[j].pull * (columns[j].best - columns[j].worst));
    }
    for (size_t j = 0; j < m; j++) columns[j].pull /= longest;
    return 1;
}

/* Closeness of up to TILE rows, column by column. */
static void topsis_tile(const double *values, size_t count, size_t m, const struct column *columns, double *score) {
    double to_best[TILE], to_worst[TILE]; /* squares of the distances */
    for (size_t i = 0; i < TILE; i++) to_best[i] = to_worst[i] = 0.0;
    for (size_t j = 0; j < m; j++) {
        const struct column column = columns[j];
        if (column.pull == 0.0) continue;
        for (size_t i = 0; i < count; i++) {
            const double value = values[i * m + j], known = value == value ? value * column.scale : column.worst;
            const double above = (column.best - known) * column.pull, below = (known - column.worst) * column.pull;
            to_best[i] += above * above;
            to_worst[i] += below * below;
        }
    }
    for (size_t i = 0; i < count; i++) {
        const double distance = sqrt(to_worst[i]);
        score[i] = distance / (sqrt(to_best[i]) + distance);
    }
}

enum ranking_status ranking_topsis(const double *values, size_t n, size_t m, const double *weights, double *score) {
    if (n == 0) return RANKING_OK;
    if (m > SIZE_MAX / (3 * ABREAST * sizeof(double))) return RANKING_NO_MEMORY;
    struct column *columns = malloc((m + 1) * sizeof *columns); /* one more, because malloc(0) may be NULL */
    double *sums = malloc((3 * ABREAST * m + 1) * sizeof *sums);
    enum ranking_status status = RANKING_NO_MEMORY;
    if (columns == NULL || sums == NULL) goto done;
    status = topsis_survey(values, n, m, sums, columns);
    if (status != RANKING_OK) goto done;
    int something = 0; /* is known */
    for (size_t j = 0; j < m; j++) {
        something |= columns[j].best >= columns[j].worst;
        topsis_mend(&values[j], n, m, &columns[j]);
    }
    if (topsis_weigh(columns, m, weights)) {
        for (size_t i = 0; i < n; i += TILE) {
            topsis_tile(&values[i * m], n - i < TILE ? n - i : TILE, m, columns, &score[i]);
        }
    } else {
        for (size_t i = 0; i < n; i++) score[i] = something ? 1.0 : 0.0;
    }
done:
    free(sums);
    free(columns);
    return status;
}
