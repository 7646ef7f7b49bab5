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
