/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* x' = M x + b has the solution x(dt) = x + D x + F b with D = e^(M dt) - 1 and F the
 * integral of e^(M s) over the step: an increment, so that rounding of the coefficients
 * does not add up over the steps. The pair comes from a Taylor series of a fraction of
 * the step, doubled until it spans the step: F(2h) = 2 F(h) + D(h) F(h), D(2h) = 2 D(h)
 * + D(h)^2. No inverse of M and no eigenvalues are needed, so singular and oscillating
 * systems are as good as others. (Higham 2008, Functions of Matrices, chapter 10.) */

enum {
    MOST_NUMBERS = 64, /* variables where M is made of numbers */
    MOST_SYMBOLS = 4,  /* coupled variables where M holds parameters */
    TERMS = 12,        /* Taylor terms of a step with norm below a half */
    DOUBLINGS = 20,    /* of a symbolic step: right up to a norm of M dt of 500 000 */
};

struct system {
    struct code *code;
    int n;
    double dt_s;
    int *M, *b; /* operations, -1 where zero */
};

/* Whether a coefficient stays as it is during the step. */
static bool
is_held(struct solver *solver, int op)
{
    struct code *code = solver->code;
    if (op < 0)
        return true;
    if (code_depends(code, op, code_load(code, solve_time(solver))))
        return false;
    for (int v = 0; v < solver->variables; v++)
        if (code_depends(code, op, solver->before[v]))
            return false;
    return true;
}

/* Takes the equations apart; false where one is not linear. */
static bh_status
find_system(struct solver *solver, struct system *system, bool *linear)
{
    struct code *code = solver->code;
    const int time = code_load(code, solve_time(solver)), n = system->n;
    *linear = false;
    for (int v = 0; v < n; v++) {
        int rest, part;
        for (int k = 0; k < solver->noises; k++) {
            BH_TRY(solve_right_side(solver, solver->before, time, v, k, &part));
            if (!code_is(code, part, 0))
                return BH_OK;
        }
        BH_TRY(solve_right_side(solver, solver->before, time, v, -1, &rest));
        if (code_is(code, rest, 0))
            rest = -1;
        for (int u = 0; u < n; u++) {
            int *factor = &system->M[v * n + u];
            *factor = -1;
            if (rest >= 0 && !code_split(code, rest, solver->before[u], factor, &rest))
                return BH_OK;
            if (!is_held(solver, *factor))
                return BH_OK;
        }
        if (!is_held(solver, rest))
            return BH_OK;
        system->b[v] = rest;
    }
    *linear = true;
    return BH_OK;
}

static bool
is_alone(const struct system *system, int v)
{
    for (int u = 0; u < system->n; u++)
        if (u != v && system->M[v * system->n + u] >= 0)
            return false;
    return true;
}

static bool
is_numeric(const struct system *system)
{
    for (int i = 0; i < system->n * system->n; i++)
        if (system->M[i] >= 0 && system->code->ops[system->M[i]].code != OP_CONST)
            return false;
    return true;
}

/* out = a b for n x n matrices of numbers. */
static void
multiply(int n, const double *a, const double *b, double *out)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int k = 0; k < n; k++)
                sum += a[i * n + k] * b[k * n + j];
            out[i * n + j] = sum;
        }
}

static double
norm(int n, const double *a)
{
    double most = 0;
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++)
            sum += fabs(a[i * n + j]);
        most = fmax(most, sum);
    }
    return most;
}

/* D and F of the matrix M (numbers). `work` has room for 3 matrices. */
static void
exponentiate(int n, const double *M, double dt_s, double *D, double *F, double *work)
{
    double *A = work, *term = work + n * n, *next = term + n * n;
    int doublings = 0;
    double h = dt_s;
    while (norm(n, M) * h > 0.5 && doublings < 1000) {
        h /= 2;
        doublings++;
    }
    for (int i = 0; i < n * n; i++) {
        A[i] = M[i] * h;
        term[i] = i % (n + 1) == 0;
        D[i] = 0;
        F[i] = term[i] * h;
    }
    for (int k = 1; k <= TERMS + 4; k++) {
        multiply(n, A, term, next);
        for (int i = 0; i < n * n; i++) {
            term[i] = next[i] / k;
            D[i] += term[i];
            F[i] += term[i] * h / (k + 1);
        }
    }
    for (int d = 0; d < doublings; d++) {
        multiply(n, D, F, next);
        for (int i = 0; i < n * n; i++)
            F[i] = 2 * F[i] + next[i];
        multiply(n, D, D, next);
        for (int i = 0; i < n * n; i++)
            D[i] = 2 * D[i] + next[i];
    }
}

static bh_status
no_memory(const struct system *system)
{
    return bh_diag_set(system->code->lang->diag, BH_ERR_MEMORY,
                       "no memory for the equations");
}

static bh_status
numeric_solution(const struct system *system, int *D, int *F)
{
    const int n = system->n;
    double *memory = calloc((size_t)(6 * n * n), sizeof *memory);
    if (!memory)
        return no_memory(system);
    double *M = memory, *d = M + n * n, *f = d + n * n;
    for (int i = 0; i < n * n; i++)
        M[i] = system->M[i] < 0 ? 0 : system->code->ops[system->M[i]].number;
    exponentiate(n, M, system->dt_s, d, f, f + n * n);
    for (int i = 0; i < n * n; i++) {
        D[i] = d[i] == 0 ? -1 : code_number(system->code, d[i]);
        F[i] = f[i] == 0 ? -1 : code_number(system->code, f[i]);
    }
    free(memory);
    return BH_OK;
}

/* The same with operations in place of numbers; -1 is zero. */
static int
plus(struct code *code, int a, int b)
{
    return a < 0 ? b : b < 0 ? a : code_op(code, OP_ADD, a, b, -1);
}

static int
times(struct code *code, int a, int b)
{
    return a < 0 || b < 0 ? -1 : code_op(code, OP_MUL, a, b, -1);
}

static void
multiply_ops(struct code *code, int n, const int *a, const int *b, int *out)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            int sum = -1;
            for (int k = 0; k < n; k++)
                sum = plus(code, sum, times(code, a[i * n + k], b[k * n + j]));
            out[i * n + j] = sum;
        }
}

static void
symbolic_solution(const struct system *system, int *D, int *F)
{
    struct code *code = system->code;
    enum { MOST = MOST_SYMBOLS * MOST_SYMBOLS };
    const int n = system->n, two = code_number(code, 2);
    int A[MOST], term[MOST], next[MOST];
    const double h = ldexp(system->dt_s, -DOUBLINGS);
    for (int i = 0; i < n * n; i++) {
        bool diagonal = i % (n + 1) == 0;
        A[i] = times(code, code_number(code, h), system->M[i]);
        term[i] = diagonal ? code_number(code, 1) : -1;
        D[i] = -1;
        F[i] = diagonal ? code_number(code, h) : -1;
    }
    for (int k = 1; k <= TERMS; k++) {
        multiply_ops(code, n, A, term, next);
        for (int i = 0; i < n * n; i++) {
            term[i] = times(code, code_number(code, 1.0 / k), next[i]);
            D[i] = plus(code, D[i], term[i]);
            F[i] =
                plus(code, F[i], times(code, code_number(code, h / (k + 1)), term[i]));
        }
    }
    for (int d = 0; d < DOUBLINGS; d++) {
        multiply_ops(code, n, D, F, next);
        for (int i = 0; i < n * n; i++)
            F[i] = plus(code, times(code, two, F[i]), next[i]);
        multiply_ops(code, n, D, D, next);
        for (int i = 0; i < n * n; i++)
            D[i] = plus(code, times(code, two, D[i]), next[i]);
    }
}

/* A variable that depends on no other: x + (e^(a dt) - 1) x + (e^(a dt) - 1)/a b. */
static int
scalar_solution(const struct system *system, int v, int x)
{
    struct code *code = system->code;
    const int a = system->M[v * system->n + v], b = system->b[v];
    const int dt = code_number(code, system->dt_s);
    int exponent = times(code, a, dt), increment = -1;
    if (a < 0)
        return plus(code, x, times(code, dt, b));
    increment = times(code, code_op(code, OP_EXPM1, exponent, -1, -1), x);
    if (b < 0)
        return plus(code, x, increment);
    if (code->ops[a].code == OP_CONST && code->ops[a].number != 0) {
        double F = expm1(code->ops[exponent].number) / code->ops[a].number;
        increment = plus(code, increment, times(code, code_number(code, F), b));
    } else {
        int F = times(code, dt, code_op(code, OP_EXPREL, exponent, -1, -1));
        increment = plus(code, increment, times(code, F, b));
    }
    return plus(code, x, increment);
}

/* The state after the step. */
static bh_status
solution(struct solver *solver, const struct system *system, int *D, int *F, int *after)
{
    struct code *code = system->code;
    const int n = system->n;
    bool coupled = false;
    for (int v = 0; v < n; v++)
        coupled = coupled || !is_alone(system, v);
    if (coupled && is_numeric(system))
        BH_TRY(numeric_solution(system, D, F));
    else if (coupled)
        symbolic_solution(system, D, F);
    for (int v = 0; v < n; v++) {
        if (is_alone(system, v)) {
            after[v] = scalar_solution(system, v, solver->before[v]);
            continue;
        }
        int increment = -1;
        for (int u = 0; u < n; u++) {
            int grown = times(code, D[v * n + u], solver->before[u]);
            increment = plus(code, increment, grown);
            increment = plus(code, increment, times(code, F[v * n + u], system->b[u]));
        }
        after[v] = plus(code, solver->before[v], increment);
    }
    return BH_OK;
}

/* Variables that are refractory stand still, and the others see them so. */
static bh_status
frozen_solution(struct solver *solver, struct system *system, int *D, int *F,
                int *after)
{
    const int n = system->n;
    bool any = false;
    for (int v = 0; v < n; v++) {
        if (!(solver->variable[v]->flags & FLAG_UNLESS_REFRACTORY))
            continue;
        any = true;
        system->b[v] = -1;
        for (int u = 0; u < n; u++)
            system->M[v * n + u] = -1;
    }
    if (!any || solver->ready < 0)
        return BH_OK;
    int *frozen = bh_arena_take(system->code->lang->arena, (size_t)n * sizeof *frozen);
    if (!frozen)
        return no_memory(system);
    BH_TRY(solution(solver, system, D, F, frozen));
    for (int v = 0; v < n; v++)
        after[v] = code_op(system->code, OP_SELECT, solver->ready, after[v], frozen[v]);
    return BH_OK;
}

bh_status
solve_linear(struct solver *solver, int *after, bool *linear)
{
    const int n = solver->variables;
    bh_arena *arena = solver->code->lang->arena;
    size_t size = (size_t)(n * n + 1) * sizeof(int);
    struct system system = {solver->code, n, solver->dt_s, bh_arena_take(arena, size),
                            bh_arena_take(arena, size)};
    int *D = bh_arena_take(arena, size), *F = bh_arena_take(arena, size);
    if (!system.M || !system.b || !D || !F)
        return no_memory(&system);
    *linear = false;
    if (n > MOST_NUMBERS)
        return BH_OK;
    BH_TRY(find_system(solver, &system, linear));
    bool coupled = false;
    for (int v = 0; v < n; v++)
        coupled = coupled || !is_alone(&system, v);
    if (coupled && !is_numeric(&system) && n > MOST_SYMBOLS)
        *linear = false;
    if (!*linear)
        return BH_OK;
    BH_TRY(solution(solver, &system, D, F, after));
    return frozen_solution(solver, &system, D, F, after);
}
