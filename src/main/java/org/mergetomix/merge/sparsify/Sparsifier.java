package org.mergetomix.merge.sparsify;

import java.io.Serializable;
import org.mergetomix.tensor.Layout;

/**
 * What a method does to each delta before it is merged: which elements it keeps, and by what it
 * multiplies them. Once per expert and host, whatever the number of mixtures.
 */
public sealed interface Sparsifier extends Serializable
    permits Dense, MagnitudeBand, RandomDrop, RankedRandomDrop {

  /** Reads the delta as often as needed, and decides about each element. */
  public PreparedDelta prepare(DeltaScan delta);

  /** What a prepared delta takes outside the heap, at most, in bytes. */
  public long preparedBytes(Layout layout);
}
