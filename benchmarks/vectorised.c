/* Normalized GD on L = ½(1 + x²)y² for many runs at once. A group of runs stays in the nearest cache,
   and the loop over it is vectorised: with AVX-512 it waits for the divider and for nothing else. */

#include <math.h>

#define GROUP 64

/* count, a multiple of GROUP; x, y, eta [count]; x and y end where the runs do. */
void walk_many(long count, long steps, const double *restrict eta, double *restrict x,
               double *restrict y)
{
    for (long first = 0; first < count; first += GROUP)
        for (long t = 0; t < steps; t++)
            for (long i = first; i < first + GROUP; i++) {
                double slope_x = x[i] * y[i] * y[i];
                double slope_y = (1 + x[i] * x[i]) * y[i];
                double length = eta[i] / sqrt(slope_x * slope_x + slope_y * slope_y + 1e-300);
                x[i] -= length * slope_x;
                y[i] -= length * slope_y;
            }
}
