package org.mergetomix.family;

import java.util.List;

/**
 * Rotary position embeddings, ready for a graph.
 *
 * @param kind which frequencies count for which length
 * @param frequencies inverse frequencies, one for each pair of rotated features
 * @param longFrequencies those beyond {@code positions}; empty but for {@link Kind#LONG}
 * @param scale what cosines and sines are multiplied with
 * @param positions the length from which on other frequencies count
 * @param base the wave length of the slowest pair over 2π
 * @param factor how far {@link Kind#DYNAMIC} stretches
 */
record Rope(
    Kind kind,
    List<Float> frequencies,
    List<Float> longFrequencies,
    double scale,
    long positions,
    double base,
    double factor) {

  /** Which frequencies count when. */
  enum Kind {
    /** The same frequencies for every length. */
    FIXED(0),
    /** Two sets, for short and for long texts. */
    LONG(1),
    /** Frequencies that fall with the length. */
    DYNAMIC(2);

    private final long number;

    Kind(long number) {
      this.number = number;
    }

    /** The graph's number for it. */
    long number() {
      return number;
    }
  }

  Rope {
    frequencies = List.copyOf(frequencies);
    longFrequencies = List.copyOf(longFrequencies);
  }

  static Rope fixed(List<Float> frequencies, double scale, double base) {
    return new Rope(Kind.FIXED, frequencies, List.of(), scale, 1, base, 1);
  }
}
