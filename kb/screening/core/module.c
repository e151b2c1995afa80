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
    } else if (format[0] == 'd' && (uintptr_t)view->buf % _Alignof(double) != 0) {
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

static PyObject *core_pareto_front(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    Py_buffer values, front;
    PyObject *result = NULL;
    if (wants_arguments(count, 2, "pareto_front(values, front)") < 0) return NULL;
    if (take_buffer(args[0], &values, "values", 2, "d", 0) < 0) return NULL;
    if (take_buffer(args[1], &front, "front", 1, "B?", 1) < 0) goto release_values;
    if (wants_length(&front, "front", values.shape[0]) == 0 && wants_apart(&values, &front, "front") == 0) {
        enum ranking_status status;
        Py_BEGIN_ALLOW_THREADS
        status = ranking_pareto_front(values.buf, (size_t)values.shape[0], (size_t)values.shape[1], front.buf);
        Py_END_ALLOW_THREADS
        result = answer(status);
    }
    PyBuffer_Release(&front);
release_values:
    PyBuffer_Release(&values);
    return result;
}

PyDoc_STRVAR(desirability_score_doc,
             "desirability_score(values, weights, score)\n--\n\n"
             "Score each row by the weighted mean of its min-max desirabilities, 0 to 1.\n\n"
             "Parameters\n----------\n"
             "values : buffer of float64, shape (n, m), C-contiguous; bigger is better, NaN is unknown\n"
             "weights : buffer of float64, shape (m,); not negative, with a positive finite sum\n"
             "score : writable buffer of float64, shape (n,)\n");

static PyObject *core_desirability_score(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    Py_buffer values, weights, score;
    PyObject *result = NULL;
    if (wants_arguments(count, 3, "desirability_score(values, weights, score)") < 0) return NULL;
    if (take_buffer(args[0], &values, "values", 2, "d", 0) < 0) return NULL;
    if (take_buffer(args[1], &weights, "weights", 1, "d", 0) < 0) goto release_values;
    if (take_buffer(args[2], &score, "score", 1, "d", 1) < 0) goto release_weights;
    if (wants_length(&weights, "weights", values.shape[1]) == 0 && wants_length(&score, "score", values.shape[0]) == 0 &&
        wants_apart(&values, &score, "score") == 0 && wants_apart(&weights, &score, "score") == 0 &&
        wants_weights(&weights) == 0) {
        enum ranking_status status;
        Py_BEGIN_ALLOW_THREADS
        status = ranking_desirability(values.buf, (size_t)values.shape[0], (size_t)values.shape[1], weights.buf, score.buf);
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

/* Through void(*)(void): the direct cast of a fast-call function is what -Wcast-function-type warns of. */
#define FAST(function) ((PyCFunction)(void (*)(void))(function))
static PyMethodDef methods[] = {
    {"pareto_front", FAST(core_pareto_front), METH_FASTCALL, pareto_front_doc},
    {"desirability_score", FAST(core_desirability_score), METH_FASTCALL, desirability_score_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_core",
    .m_doc = "The C core of the screening: the maths of ranking over plain buffers.",
    .m_size = 0,
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void) { return PyModuleDef_Init(&definition); }
