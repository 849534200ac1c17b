package org.mergetomix.model;

/**
 * Reads and writes the elements of parameters, wherever these are. One thread at a time.
 *
 * <p>Within a tensor, chunks are written in ascending order up to its last element; only then does
 * what was written count.
 */
sealed interface ParameterMemory permits DirectMemory, StagedMemory {

  /** How elements are reached. */
  enum Access {
    /** Where they are. */
    DIRECT,
    /** Through memory of the host. */
    STAGED
  }

  void write(String tensor, long offset, float[] source, int length);

  void read(String tensor, long offset, float[] destination, int length);
}
