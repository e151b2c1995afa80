/* The Python face of the C core: checks shapes, types and contiguity once, then calls plain C without the GIL.
 * Limited API (Python 3.11 and later, one binary for all), buffer protocol, no NumPy ABI.
 */
#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030b0000
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "cycling.h"
#include "ranking.h"

/* Take a C-contiguous buffer of a wanted item format.  Returns 0, or -1 with an exception set. */
static int take_buffer(PyObject *object, Py_buffer *view, const char *name, int ndim, const char *formats, int writable) {
    const int flags = PyBUF_FORMAT | PyBUF_ND | (writable ? PyBUF_WRITABLE : 0);
    if (!PyObject_CheckBuffer(object)) {
        PyErr_Format(PyExc_TypeError, "%s must offer the buffer protocol (a NumPy array, array.array, memoryview)", name);
        return -1;
    }
    if (PyObject_GetBuffer(object, view, flags) < 0) {
        if (PyErr_ExceptionMatches(PyExc_BufferError) || PyErr_ExceptionMatches(PyExc_ValueError)) {
            PyErr_Clear();
            PyErr_Format(PyExc_ValueError, "%s must be C-contiguous%s; pass a copy", name, writable ? " and writable" : "");
        }
        return -1;
    }
    const char *format = view->format == NULL ? "B" : view->format;
    if (strlen(format) != 1 || strchr(formats, format[0]) == NULL) {
        PyErr_Format(PyExc_TypeError, "%s must hold items of format '%s', not '%s'", name, formats, format);
    } else if (view->ndim != ndim) {
        PyErr_Format(PyExc_ValueError, "%s must have %d dimension(s), not %d", name, ndim, view->ndim);
    } else if ((uintptr_t)view->buf % (uintptr_t)view->itemsize != 0) {
        PyErr_Format(PyExc_ValueError, "%s must be aligned; pass a copy", name);
    } else {
        return 0;
    }
    PyBuffer_Release(view);
    return -1;
}

static int wants_length(const Py_buffer *view, const char *name, Py_ssize_t length) {
    if (view->shape[0] == length) return 0;
    PyErr_Format(PyExc_ValueError, "%s must have length %zd, not %zd", name, length, view->shape[0]);
    return -1;
}

static int wants_apart(const Py_buffer *in, const Py_buffer *out, const char *name) {
    const uintptr_t a = (uintptr_t)in->buf, b = (uintptr_t)out->buf;
    if (a + (uintptr_t)in->len <= b || b + (uintptr_t)out->len <= a) return 0;
    PyErr_Format(PyExc_ValueError, "%s must not share memory with the input", name);
    return -1;
}

static int wants_weights(const Py_buffer *view) {
    const double *weights = view->buf;
    double total = 0.0;
    for (Py_ssize_t j = 0; j < view->shape[0]; j++) {
        if (!(weights[j] >= 0.0)) {
            PyErr_SetString(PyExc_ValueError, "weights must not be negative or NaN");
            return -1;
        }
        total += weights[j];
    }
    if (view->shape[0] > 0 && !(total > 0.0 && isfinite(total))) {
        PyErr_SetString(PyExc_ValueError, "weights must have a positive finite sum");
        return -1;
    }
    return 0;
}

static PyObject *answer(enum ranking_status status) {
    if (status == RANKING_NO_MEMORY) return PyErr_NoMemory();
    if (status == RANKING_INFINITE) {
        PyErr_SetString(PyExc_ValueError, "values must not be infinite; write NaN for an unknown value");
        return NULL;
    }
    return Py_NewRef(Py_None);
}

static int wants_arguments(Py_ssize_t count, Py_ssize_t wanted, const char *signature) {
    if (count == wanted) return 0;
    PyErr_Format(PyExc_TypeError, "%s takes %zd arguments, not %zd", signature, wanted, count);
    return -1;
}

PyDoc_STRVAR(pareto_front_doc,
             "pareto_front(values, front)\n--\n\n"
             "Mark the rows that no other row dominates.\n\n"
             "Parameters\n----------\n"
             "values : buffer of float64, shape (n, m), C-contiguous; bigger is better, NaN is unknown\n"
             "front : writable buffer of bytes or bools, shape (n,); set to 1 on the front, else 0\n");

PyDoc_STRVAR(epsilon_front_doc,
             "epsilon_front(values, epsilon, front)\n--\n\n"
             "Mark the rows to which no other row, nowhere worse, is somewhere better by more than epsilon.\n\n"
             "Parameters\n----------\n"
             "values : buffer of float64, shape (n, m), C-contiguous; bigger is better, NaN is unknown\n"
             "epsilon : buffer of float64, shape (m,); finite, not negative, in the units of the columns\n"
             "front : writable buffer of bytes or bools, shape (n,); set to 1 on the front, else 0\n");

static int wants_epsilon(const Py_buffer *view) {
    const double *epsilon = view->buf;
    for (Py_ssize_t j = 0; j < view->shape[0]; j++) {
        if (epsilon[j] >= 0.0 && isfinite(epsilon[j])) continue;
        PyErr_SetString(PyExc_ValueError, "epsilon must be finite and not negative");
        return -1;
    }
    return 0;
}

/* Both fronts; `epsilon` is a checked buffer, or NULL. */
static PyObject *mark_front(PyObject *values_object, const Py_buffer *epsilon, PyObject *front_object) {
    Py_buffer values, front;
    PyObject *result = NULL;
    if (take_buffer(values_object, &values, "values", 2, "d", 0) < 0) return NULL;
    if (take_buffer(front_object, &front, "front", 1, "B?", 1) < 0) goto release_values;
    if (wants_length(&front, "front", values.shape[0]) == 0 && wants_apart(&values, &front, "front") == 0 &&
        (epsilon == NULL || (wants_length(epsilon, "epsilon", values.shape[1]) == 0 &&
                             wants_apart(epsilon, &front, "front") == 0))) {
        enum ranking_status status;
        Py_BEGIN_ALLOW_THREADS
        status = ranking_pareto_front(values.buf, (size_t)values.shape[0], (size_t)values.shape[1],
                                      epsilon == NULL ? NULL : epsilon->buf, front.buf);
        Py_END_ALLOW_THREADS
        result = answer(status);
    }
    PyBuffer_Release(&front);
release_values:
    PyBuffer_Release(&values);
    return result;
}

static PyObject *core_pareto_front(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (wants_arguments(count, 2, "pareto_front(values, front)") < 0) return NULL;
    return mark_front(args[0], NULL, args[1]);
}

static PyObject *core_epsilon_front(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    Py_buffer epsilon;
    if (wants_arguments(count, 3, "epsilon_front(values, epsilon, front)") < 0) return NULL;
    if (take_buffer(args[1], &epsilon, "epsilon", 1, "d", 0) < 0) return NULL;
    PyObject *result = wants_epsilon(&epsilon) < 0 ? NULL : mark_front(args[0], &epsilon, args[2]);
    PyBuffer_Release(&epsilon);
    return result;
}

PyDoc_STRVAR(desirability_score_doc,
             "desirability_score(values, weights, score)\n--\n\n"
             "Score each row by the weighted mean of its min-max desirabilities, 0 to 1.\n\n"
             "Parameters\n----------\n"
             "values : buffer of float64, shape (n, m), C-contiguous; bigger is better, NaN is unknown\n"
             "weights : buffer of float64, shape (m,); not negative, with a positive finite sum\n"
             "score : writable buffer of float64, shape (n,)\n");

PyDoc_STRVAR(topsis_score_doc,
             "topsis_score(values, weights, score)\n--\n\n"
             "Score each row by TOPSIS, its closeness to the best point of all columns, 0 to 1.\n\n"
             "Parameters\n----------\n"
             "values : buffer of float64, shape (n, m), C-contiguous; bigger is better, NaN is unknown\n"
             "weights : buffer of float64, shape (m,); not negative, with a positive finite sum\n"
             "score : writable buffer of float64, shape (n,)\n");

typedef enum ranking_status scorer(const double *values, size_t n, size_t m, const double *weights, double *score);

static PyObject *score_rows(scorer *run, PyObject *const *args, Py_ssize_t count, const char *signature) {
    Py_buffer values, weights, score;
    PyObject *result = NULL;
    if (wants_arguments(count, 3, signature) < 0) return NULL;
    if (take_buffer(args[0], &values, "values", 2, "d", 0) < 0) return NULL;
    if (take_buffer(args[1], &weights, "weights", 1, "d", 0) < 0) goto release_values;
    if (take_buffer(args[2], &score, "score", 1, "d", 1) < 0) goto release_weights;
    if (wants_length(&weights, "weights", values.shape[1]) == 0 && wants_length(&score, "score", values.shape[0]) == 0 &&
        wants_apart(&values, &score, "score") == 0 && wants_apart(&weights, &score, "score") == 0 &&
        wants_weights(&weights) == 0) {
        enum ranking_status status;
        Py_BEGIN_ALLOW_THREADS
        status = run(values.buf, (size_t)values.shape[0], (size_t)values.shape[1], weights.buf, score.buf);
        Py_END_ALLOW_THREADS
        result = answer(status);
    }
    PyBuffer_Release(&score);
release_weights:
    PyBuffer_Release(&weights);
release_values:
    PyBuffer_Release(&values);
    return result;
}

static PyObject *core_desirability_score(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    return score_rows(ranking_desirability, args, count, "desirability_score(values, weights, score)");
}

static PyObject *core_topsis_score(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    return score_rows(ranking_topsis, args, count, "topsis_score(values, weights, score)");
}

PyDoc_STRVAR(simulate_cells_doc,
             "simulate_cells(coatings, protocol, draw_ids, cycles, mode, start, stop, limit, noise, seed, isa, single, macro)\n"
             "--\n\n"
             "Cycle the draws start..stop-1 until each fails; the caller has checked that all numbers are in their ranges.\n\n"
             "Parameters\n----------\n"
             "coatings : tuple of 20 buffers of float64, shape (n,); as kb.screening.cycling.PARAMETERS\n"
             "protocol : buffer of float64, shape (13,); as the fields of kb.screening.cycling.Protocol\n"
             "draw_ids : buffer of uint64, shape (n,); what the noise of each draw is addressed by\n"
             "cycles : writable buffer of int32, shape (n,); full cycles completed\n"
             "mode : writable buffer of int8, shape (n,); 0 survived, 1 short, 2 lithium, 3 dry, 4 polarisation\n"
             "limit : cycles at most, 1 or more\n"
             "noise : standard deviation of the logarithm of the process noise\n"
             "isa : one of isas()\n"
             "single, macro : in single precision; many cycles at a time, without noise\n");

/* Which instruction set a name means, or -1 with an exception set. */
static int isa_of(PyObject *name) {
    for (int isa = 0; isa < CYCLING_ISAS; isa++) {
        if (PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, cycling_isa_names[isa]) == 0) {
            if (cycling_supports((enum cycling_isa)isa)) return isa;
            PyErr_Format(PyExc_ValueError, "this processor, or this build, has no '%U'", name);
            return -1;
        }
    }
    PyErr_Format(PyExc_ValueError, "%R is no instruction set that this core knows", name);
    return -1;
}

#define PROTOCOL_LENGTH (Py_ssize_t)(sizeof(struct cycling_protocol) / sizeof(double))
enum { PROTOCOL = CYCLING_PARAMETERS, DRAW_IDS, CYCLES, MODE, VIEWS }; /* the views after those of the coatings */

static int take_views(PyObject *coatings, PyObject *const *args, Py_buffer *views, int *taken) {
    for (*taken = 0; *taken < CYCLING_PARAMETERS; (*taken)++) {
        PyObject *coating = PyTuple_GetItem(coatings, *taken);
        if (take_buffer(coating, &views[*taken], "each of the coatings", 1, "d", 0) < 0) return -1;
    }
    const char *const names[] = {"protocol", "draw_ids", "cycles", "mode"};
    const char *const formats[] = {"d", "LQ", "i", "b"};
    for (; *taken < VIEWS; (*taken)++) {
        const int j = *taken - PROTOCOL;
        if (take_buffer(args[j], &views[*taken], names[j], 1, formats[j], *taken >= CYCLES) < 0) return -1;
    }
    const Py_ssize_t n = views[CYCLES].shape[0];
    if (wants_length(&views[PROTOCOL], "protocol", PROTOCOL_LENGTH) < 0) return -1;
    for (int j = 0; j < CYCLING_PARAMETERS; j++) {
        if (wants_length(&views[j], "each of the coatings", n) < 0) return -1;
    }
    if (wants_length(&views[DRAW_IDS], "draw_ids", n) < 0 || wants_length(&views[MODE], "mode", n) < 0) return -1;
    for (int j = 0; j < MODE; j++) {
        if (j != CYCLES && wants_apart(&views[j], &views[CYCLES], "cycles") < 0) return -1;
        if (wants_apart(&views[j], &views[MODE], "mode") < 0) return -1;
    }
    if (views[DRAW_IDS].itemsize != sizeof(uint64_t) || views[CYCLES].itemsize != sizeof(int32_t)) {
        PyErr_SetString(PyExc_TypeError, "draw_ids must hold 8 bytes each, cycles 4");
        return -1;
    }
    return 0;
}

static PyObject *core_simulate_cells(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (wants_arguments(count, 13, "simulate_cells(coatings, protocol, draw_ids, cycles, mode, start, stop, limit, noise, "
                                   "seed, isa, single, macro)") < 0) {
        return NULL;
    }
    if (!PyTuple_Check(args[0]) || PyTuple_Size(args[0]) != CYCLING_PARAMETERS) {
        PyErr_Format(PyExc_TypeError, "coatings must be a tuple of %d arrays", (int)CYCLING_PARAMETERS);
        return NULL;
    }
    const Py_ssize_t start = PyLong_AsSsize_t(args[5]), stop = PyLong_AsSsize_t(args[6]);
    const long limit = PyLong_AsLong(args[7]);
    const double noise = PyFloat_AsDouble(args[8]);
    const unsigned long long seed = PyLong_AsUnsignedLongLong(args[9]);
    if (PyErr_Occurred()) return NULL;
    const int isa = isa_of(args[10]), single = PyObject_IsTrue(args[11]), macro = PyObject_IsTrue(args[12]);
    if (isa < 0 || single < 0 || macro < 0) return NULL;
    if (limit < 1 || limit > INT32_MAX || !(noise >= 0.0 && noise <= 3.0) || (macro && noise > 0.0)) {
        PyErr_SetString(PyExc_ValueError, "limit must be 1 to 2147483647, noise 0 to 3, and 0 where macro");
        return NULL;
    }
    Py_buffer views[VIEWS];
    int taken;
    PyObject *result = NULL;
    if (take_views(args[0], args + 1, views, &taken) == 0) {
        if (start < 0 || stop < start || stop > views[CYCLES].shape[0]) {
            PyErr_Format(PyExc_ValueError, "start and stop must be within 0..%zd", views[CYCLES].shape[0]);
        } else {
            struct cycling_study study = {
                .draw_ids = views[DRAW_IDS].buf,
                .noise = noise,
                .seed = seed,
                .limit = (int32_t)limit,
                .cycles = views[CYCLES].buf,
                .mode = views[MODE].buf,
            };
            for (int j = 0; j < CYCLING_PARAMETERS; j++) study.coatings[j] = views[j].buf;
            memcpy(&study.protocol, views[PROTOCOL].buf, sizeof study.protocol);
            cycling_runner *const run = cycling_runner_of((enum cycling_isa)isa, single, macro);
            Py_BEGIN_ALLOW_THREADS
            run(&study, (size_t)start, (size_t)stop);
            Py_END_ALLOW_THREADS
            result = Py_NewRef(Py_None);
        }
    }
    while (taken > 0) PyBuffer_Release(&views[--taken]);
    return result;
}

PyDoc_STRVAR(isas_doc, "isas()\n--\n\nName the instruction sets that this build has a kernel for and this processor can run.\n");

static PyObject *core_isas(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module, (void)args;
    if (wants_arguments(count, 0, "isas()") < 0) return NULL;
    PyObject *names = PyList_New(0);
    for (int isa = 0; names != NULL && isa < CYCLING_ISAS; isa++) {
        if (!cycling_supports((enum cycling_isa)isa)) continue;
        PyObject *name = PyUnicode_FromString(cycling_isa_names[isa]);
        if (name == NULL || PyList_Append(names, name) < 0) Py_CLEAR(names);
        Py_XDECREF(name);
    }
    return names;
}

/* Through void(*)(void): the direct cast of a fast-call function is what -Wcast-function-type warns of. */
#define FAST(function) ((PyCFunction)(void (*)(void))(function))
static PyMethodDef methods[] = {
    {"pareto_front", FAST(core_pareto_front), METH_FASTCALL, pareto_front_doc},
    {"epsilon_front", FAST(core_epsilon_front), METH_FASTCALL, epsilon_front_doc},
    {"desirability_score", FAST(core_desirability_score), METH_FASTCALL, desirability_score_doc},
    {"topsis_score", FAST(core_topsis_score), METH_FASTCALL, topsis_score_doc},
    {"simulate_cells", FAST(core_simulate_cells), METH_FASTCALL, simulate_cells_doc},
    {"isas", FAST(core_isas), METH_FASTCALL, isas_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_core",
    .m_doc = "The C core of the screening: ranking and cycling over plain buffers.",
    .m_size = 0,
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void) { return PyModuleDef_Init(&definition); }
