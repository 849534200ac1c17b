package org.mergetomix.statistics.attribution;

import org.mergetomix.surface.Axes;
import org.mergetomix.surface.QuadraticSurface;
import org.mergetomix.surface.Surface;

/** The attribution that suits a kind of surface. */
public final class SurfaceAttribution {

  /** Mixtures drawn for a value; its error is that of the surface by far. */
  private static final int SAMPLES = 400;

  private SurfaceAttribution() {}

  /**
   * In closed form where there is one, else over subsets drawn at random.
   *
   * @param empty the score of the base
   */
  public static Attribution of(Surface surface, Axes axes, double empty, long seed) {
    return surface instanceof QuadraticSurface quadratic && axes.subsets().areEqual()
        ? new QuadraticAttribution(quadratic, axes.size(), empty)
        : new SampledAttribution(surface, axes, empty, SAMPLES, seed);
  }
}
