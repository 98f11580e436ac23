/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_TESTS_GPU_SHIM_H
#define BH_TESTS_GPU_SHIM_H

/* What a kernel's text finds when a C++ compiler takes it in NVRTC's place: no headers,
 * the words of CUDA, and of its functions those that kernels may use where results must
 * be exact. Stands before the text (fake_nvrtc.c); shim.c runs the threads. __CUDACC__
 * and __CUDACC_RTC__ are defined, so that the text is the one that NVRTC sees. */

typedef decltype(sizeof 0) size_t;
#define NULL 0

struct uint3 {
    unsigned x, y, z;
};

struct float2 {
    float x, y;
};
struct double2 {
    double x, y;
};

extern "C" {
extern struct uint3 threadIdx, blockIdx, blockDim, gridDim;

/* Waits for all threads of the block; the number of those with a predicate. */
int shim_barrier(int line, int predicate);
enum {
    SHIM_SYNC,
    SHIM_BALLOT,
    SHIM_SHFL,
    SHIM_UP,
    SHIM_DOWN,
    SHIM_XOR,
    SHIM_ADD,
    SHIM_MIN,
    SHIM_MAX
};
/* Waits for the lanes of `mask`, and exchanges 64 bits among them. */
unsigned long long shim_warp(int line, int what, unsigned mask, unsigned long long mine,
                             int lane, int width);
/* Lets other threads run, where their order is random. */
void shim_yield(void);
void *memcpy(void *, const void *, size_t);
void *memset(void *, int, size_t);
}

/* The shared arrays of a block: they hold rubbish when it begins. */
extern "C" char __start_bh_shared[] __attribute__((weak, visibility("hidden")));
extern "C" char __stop_bh_shared[] __attribute__((weak, visibility("hidden")));
extern "C" void
shim_shared(char **start, char **stop)
{
    *start = __start_bh_shared;
    *stop = __stop_bh_shared;
}

#define __global__ __attribute__((visibility("default")))
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__    __attribute__((noinline))
#define __shared__      static __attribute__((section("bh_shared")))
#define __align__(n)    __attribute__((aligned(n)))
#define __launch_bounds__(...)
#define warpSize 32

#define SHIM    static inline __attribute__((unused))
#define SHIM_AT int line = __builtin_LINE()

SHIM void
__syncthreads(SHIM_AT)
{
    shim_barrier(line, 0);
}
SHIM int
__syncthreads_count(int predicate, SHIM_AT)
{
    return shim_barrier(line, predicate != 0);
}
SHIM int
__syncthreads_or(int predicate, SHIM_AT)
{
    return shim_barrier(line, predicate != 0) > 0;
}
SHIM int
__syncthreads_and(int predicate, SHIM_AT)
{
    return shim_barrier(line, predicate == 0) == 0;
}
SHIM void
__syncwarp(unsigned mask = ~0u, SHIM_AT)
{
    shim_warp(line, SHIM_SYNC, mask, 0, 0, 32);
}
SHIM unsigned
__ballot_sync(unsigned mask, int predicate, SHIM_AT)
{
    return (unsigned)shim_warp(line, SHIM_BALLOT, mask, predicate != 0, 0, 32);
}
SHIM int
__any_sync(unsigned mask, int predicate, SHIM_AT)
{
    return shim_warp(line, SHIM_BALLOT, mask, predicate != 0, 0, 32) != 0;
}
SHIM int
__all_sync(unsigned mask, int predicate, SHIM_AT)
{
    return shim_warp(line, SHIM_BALLOT, mask, predicate == 0, 0, 32) == 0;
}

template <class T>
SHIM T
shim_exchange(int line, int what, unsigned mask, T value, int lane, int width)
{
    static_assert(sizeof(T) <= 8 && __is_trivially_copyable(T), "a lane has 64 bits");
    unsigned long long bits = 0;
    memcpy(&bits, &value, sizeof value);
    bits = shim_warp(line, what, mask, bits, lane, width);
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* For the types that CUDA takes. */
#define SHIM_SHUFFLE(T)                                                                \
    SHIM T __shfl_sync(unsigned mask, T value, int lane, int width = 32, SHIM_AT)      \
    {                                                                                  \
        return shim_exchange<T>(line, SHIM_SHFL, mask, value, lane, width);            \
    }                                                                                  \
    SHIM T __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32,         \
                          SHIM_AT)                                                     \
    {                                                                                  \
        return shim_exchange<T>(line, SHIM_UP, mask, value, (int)by, width);           \
    }                                                                                  \
    SHIM T __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32,       \
                            SHIM_AT)                                                   \
    {                                                                                  \
        return shim_exchange<T>(line, SHIM_DOWN, mask, value, (int)by, width);         \
    }                                                                                  \
    SHIM T __shfl_xor_sync(unsigned mask, T value, int by, int width = 32, SHIM_AT)    \
    {                                                                                  \
        return shim_exchange<T>(line, SHIM_XOR, mask, value, by, width);               \
    }
SHIM_SHUFFLE(int)
SHIM_SHUFFLE(unsigned)
SHIM_SHUFFLE(long long)
SHIM_SHUFFLE(unsigned long long)
SHIM_SHUFFLE(float)
SHIM_SHUFFLE(double)

SHIM unsigned
__reduce_add_sync(unsigned mask, unsigned value, SHIM_AT)
{
    return (unsigned)shim_warp(line, SHIM_ADD, mask, value, 0, 32);
}
SHIM unsigned
__reduce_min_sync(unsigned mask, unsigned value, SHIM_AT)
{
    return (unsigned)shim_warp(line, SHIM_MIN, mask, value, 0, 32);
}
SHIM unsigned
__reduce_max_sync(unsigned mask, unsigned value, SHIM_AT)
{
    return (unsigned)shim_warp(line, SHIM_MAX, mask, value, 0, 32);
}

#define SHIM_ATOMIC(T, name, result)                                                   \
    SHIM T name(T *at, T value)                                                        \
    {                                                                                  \
        shim_yield();                                                                  \
        const T old = *at;                                                             \
        *at = result;                                                                  \
        return old;                                                                    \
    }
#define SHIM_ATOMIC_BITS(T)                                                            \
    SHIM_ATOMIC(T, atomicAnd, old &value)                                              \
    SHIM_ATOMIC(T, atomicOr, old | value)                                              \
    SHIM_ATOMIC(T, atomicXor, old ^ value)                                             \
    SHIM_ATOMIC(T, atomicMin, old < value ? old : value)                               \
    SHIM_ATOMIC(T, atomicMax, old > value ? old : value)                               \
    SHIM T atomicCAS(T *at, T expected, T value)                                       \
    {                                                                                  \
        shim_yield();                                                                  \
        const T old = *at;                                                             \
        *at = old == expected ? value : old;                                           \
        return old;                                                                    \
    }
SHIM_ATOMIC(int, atomicAdd, (int)((unsigned)old + (unsigned)value))
SHIM_ATOMIC(unsigned, atomicAdd, old + value)
SHIM_ATOMIC(unsigned long long, atomicAdd, old + value)
SHIM_ATOMIC(float, atomicAdd, old + value)
SHIM_ATOMIC(double, atomicAdd, old + value)
SHIM_ATOMIC(int, atomicSub, (int)((unsigned)old - (unsigned)value))
SHIM_ATOMIC(unsigned, atomicSub, old - value)
SHIM_ATOMIC(int, atomicExch, value)
SHIM_ATOMIC(unsigned, atomicExch, value)
SHIM_ATOMIC(unsigned long long, atomicExch, value)
SHIM_ATOMIC(float, atomicExch, value)
SHIM_ATOMIC_BITS(int)
SHIM_ATOMIC_BITS(unsigned)
SHIM_ATOMIC_BITS(unsigned long long)

SHIM void
__threadfence(void)
{
}
SHIM void
__threadfence_block(void)
{
}

#define SHIM_BITS(name, To, From)                                                      \
    SHIM To name(From value)                                                           \
    {                                                                                  \
        To bits;                                                                       \
        memcpy(&bits, &value, sizeof bits);                                            \
        return bits;                                                                   \
    }
SHIM_BITS(__int_as_float, float, int)
SHIM_BITS(__uint_as_float, float, unsigned)
SHIM_BITS(__float_as_int, int, float)
SHIM_BITS(__float_as_uint, unsigned, float)
SHIM_BITS(__double_as_longlong, long long, double)
SHIM_BITS(__longlong_as_double, double, long long)

SHIM int
__popc(unsigned x)
{
    return __builtin_popcount(x);
}
SHIM int
__popcll(unsigned long long x)
{
    return __builtin_popcountll(x);
}
SHIM int
__clz(int x)
{
    return x == 0 ? 32 : __builtin_clz((unsigned)x);
}
SHIM int
__ffs(int x)
{
    return __builtin_ffs(x);
}
SHIM unsigned
__umulhi(unsigned a, unsigned b)
{
    return (unsigned)((unsigned long long)a * b >> 32);
}
SHIM unsigned long long
__umul64hi(unsigned long long a, unsigned long long b)
{
    return (unsigned long long)((unsigned __int128)a * b >> 64);
}

template <class T>
SHIM T
__ldg(const T *at)
{
    return *at;
}

#define SHIM_LEAST(T)                                                                  \
    SHIM T min(T a, T b)                                                               \
    {                                                                                  \
        return b < a ? b : a;                                                          \
    }                                                                                  \
    SHIM T max(T a, T b)                                                               \
    {                                                                                  \
        return a < b ? b : a;                                                          \
    }
SHIM_LEAST(int)
SHIM_LEAST(unsigned)
SHIM_LEAST(long long)
SHIM_LEAST(unsigned long long)

/* Functions that round right, which are the same everywhere; then others. */
#define SHIM_MATH(name, parameters, floats, call)                                      \
    extern "C" double name parameters noexcept;                                        \
    extern "C" float name##f floats noexcept;                                          \
    SHIM float name floats                                                             \
    {                                                                                  \
        return name##f call;                                                           \
    }
#define SHIM_MATH1(name) SHIM_MATH(name, (double), (float x), (x))
#define SHIM_MATH2(name) SHIM_MATH(name, (double, double), (float x, float y), (x, y))
SHIM_MATH(fma, (double, double, double), (float x, float y, float z), (x, y, z))
SHIM_MATH(ldexp, (double, int), (float x, int y), (x, y))
SHIM_MATH1(sqrt)
SHIM_MATH1(fabs)
SHIM_MATH1(floor)
SHIM_MATH1(ceil)
SHIM_MATH1(rint)
SHIM_MATH1(trunc)
SHIM_MATH2(copysign)
SHIM_MATH2(fmin)
SHIM_MATH2(fmax)
SHIM_MATH2(fmod)
SHIM_MATH1(exp)
SHIM_MATH1(log)
SHIM_MATH1(sin)
SHIM_MATH1(cos)
SHIM_MATH2(pow)

SHIM bool
isnan(double x)
{
    return __builtin_isnan(x);
}
SHIM bool
isinf(double x)
{
    return __builtin_isinf(x);
}
SHIM bool
isfinite(double x)
{
    return __builtin_isfinite(x);
}

#endif
