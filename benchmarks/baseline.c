/* Normalized GD on L = ½(1 + x²)y², as one would write it in C. Where ∇L = 0, which the runs that
   are timed never meet, it divides by zero: a guard would only make it slower. */

#include <math.h>

static inline void step(double *x, double *y, double eta)
{
    double slope_x = *x * *y * *y;
    double slope_y = (1 + *x * *x) * *y;
    double length = eta / sqrt(slope_x * slope_x + slope_y * slope_y);
    *x -= length * slope_x;
    *y -= length * slope_y;
}

/* Keep x_t before and at each of the steps `ends`: points [count][2][2]. */
void walk_pairs(double x, double y, double eta, long count, const long *ends, double *points)
{
    long t = 0;
    for (long i = 0; i < count; i++) {
        double before_x = x, before_y = y;
        for (; t < ends[i]; t++) {
            before_x = x;
            before_y = y;
            step(&x, &y, eta);
        }
        points[4 * i] = before_x;
        points[4 * i + 1] = before_y;
        points[4 * i + 2] = x;
        points[4 * i + 3] = y;
    }
}

/* Keep x_t [steps + 1][2], L(x_t) and λ₁(∇²L(x_t)) [steps + 1] at every step. */
void walk_all(double x, double y, double eta, long steps, double *points, double *loss,
              double *sharpness)
{
    for (long t = 0; t <= steps; t++) {
        double wall = 1 + x * x;
        double half = 0.5 * (y * y - wall), mixed = 2 * x * y;
        points[2 * t] = x;
        points[2 * t + 1] = y;
        loss[t] = 0.5 * wall * y * y;
        sharpness[t] = 0.5 * (y * y + wall) + sqrt(half * half + mixed * mixed);
        step(&x, &y, eta);
    }
}

/* What a rule with a memory keeps of L = ½(1 + x²)y²: velocity or means, as many as it needs. */
struct memory {
    double a, b, c, d, rest, rest2;
};

static inline void slope(double x, double y, double *slope_x, double *slope_y)
{
    *slope_x = x * y * y;
    *slope_y = (1 + x * x) * y;
}

static inline void heavy_ball(double *x, double *y, double eta, struct memory *m)
{
    double slope_x, slope_y;
    slope(*x, *y, &slope_x, &slope_y);
    m->a = 0.9 * m->a - eta * slope_x;
    m->b = 0.9 * m->b - eta * slope_y;
    *x += m->a;
    *y += m->b;
}

static inline void rmsprop(double *x, double *y, double eta, struct memory *m)
{
    double slope_x, slope_y;
    slope(*x, *y, &slope_x, &slope_y);
    double squared = slope_x * slope_x + slope_y * slope_y;
    double weight = m->rest > 0.01 ? 1 : 0.01;
    m->a += weight * (squared - m->a);
    m->rest = 0;
    double length = eta / sqrt(m->a);
    *x -= length * slope_x;
    *y -= length * slope_y;
}

static inline void adam(double *x, double *y, double eta, struct memory *m)
{
    double slope_x, slope_y;
    slope(*x, *y, &slope_x, &slope_y);
    m->a = 0.9 * m->a + 0.1 * slope_x;
    m->b = 0.9 * m->b + 0.1 * slope_y;
    m->c = 0.99 * m->c + 0.01 * slope_x * slope_x;
    m->d = 0.99 * m->d + 0.01 * slope_y * slope_y;
    m->rest *= 0.9;
    m->rest2 *= 0.99;
    double first = 1 - m->rest, second = 1 - m->rest2;
    *x -= eta * (m->a / first) / (sqrt(m->c / second) + 1e-8);
    *y -= eta * (m->b / first) / (sqrt(m->d / second) + 1e-8);
}

static inline void sam(double *x, double *y, double eta, struct memory *m)
{
    double slope_x, slope_y;
    slope(*x, *y, &slope_x, &slope_y);
    double reach = 0.05 / sqrt(slope_x * slope_x + slope_y * slope_y);
    slope(*x + reach * slope_x, *y + reach * slope_y, &slope_x, &slope_y);
    *x -= eta * slope_x;
    *y -= eta * slope_y;
}

#define WALK(rule)                                                                                 \
    void walk_##rule(double x, double y, double eta, long count, const long *ends, double *points) \
    {                                                                                              \
        struct memory m = {0, 0, 0, 0, 1, 1};                                                      \
        long t = 0;                                                                                \
        for (long i = 0; i < count; i++) {                                                         \
            double before_x = x, before_y = y;                                                     \
            for (; t < ends[i]; t++) {                                                             \
                before_x = x;                                                                      \
                before_y = y;                                                                      \
                rule(&x, &y, eta, &m);                                                             \
            }                                                                                      \
            points[4 * i] = before_x;                                                              \
            points[4 * i + 1] = before_y;                                                          \
            points[4 * i + 2] = x;                                                                 \
            points[4 * i + 3] = y;                                                                 \
        }                                                                                          \
    }

WALK(heavy_ball)
WALK(rmsprop)
WALK(adam)
WALK(sam)
