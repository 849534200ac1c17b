package org.mergetomix.merge;

import java.io.Serializable;
import org.mergetomix.tensor.Layout;

/** What the merged delta is multiplied by, layer by layer, whatever the method. */
sealed interface LayerScaling extends Serializable permits Unscaled, Lines {

  /** Whether the factors depend on the L1 norms of the merged delta and of the plain sum. */
  boolean needsNorms();

  /**
   * A factor for each tensor.
   *
   * @param shrinking how many times the L1 norm of the plain sum of the deltas is that of the
   *     merged delta; anything unless norms are needed
   * @param experts how many deltas are merged
   */
  double[] factors(Layout layout, double shrinking, int experts);

  /**
   * Looks whether the model can be scaled so.
   *
   * @throws org.mergetomix.problem.UserException if not
   */
  void check(Layout layout);
}
