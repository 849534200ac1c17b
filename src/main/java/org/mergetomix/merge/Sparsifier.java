package org.mergetomix.merge;

import java.io.Serializable;

/**
 * What a method does to each delta before it is merged: which elements it keeps, and by what it
 * multiplies them. Once per expert and host, whatever the number of mixtures.
 */
sealed interface Sparsifier extends Serializable
    permits Dense, MagnitudeBand, RandomDrop, RankedRandomDrop {

  /** Reads the delta as often as needed, and decides about each element. */
  PreparedDelta prepare(DeltaScan delta);

  /** What a prepared delta takes outside the heap, at most, in bytes. */
  long preparedBytes(Layout layout);
}
