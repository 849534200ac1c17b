/**
 * Models of the score over merge weights, with errors.
 *
 * <p>A surrogate's score is nearly quadratic in its merge weights, so few evaluations tell about
 * all mixtures. {@link org.mergetomix.surface.Axes} makes coordinates of datasets, {@link
 * org.mergetomix.surface.Observation}s are what was evaluated, and {@link
 * org.mergetomix.surface.SurfaceChoice} fits a {@link org.mergetomix.surface.QuadraticSurface} and
 * its rival, {@link org.mergetomix.surface.RootProcess}. A {@link org.mergetomix.surface.Surface}
 * predicts with an error; {@link org.mergetomix.surface.ExpectedImprovement} makes of that what is
 * worth evaluating next. What is proposed and when to stop is in {@code proposal}.
 *
 * <p>Everything works on observations × observations, so that hundreds of datasets fit. Lower
 * scores are better here.
 */
package org.mergetomix.surface;
