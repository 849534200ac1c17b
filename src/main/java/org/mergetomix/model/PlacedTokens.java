package org.mergetomix.model;

import java.util.BitSet;

/**
 * The tokens of a text, each with the part of the text that it stands for.
 *
 * @param tokens the tokens
 * @param starts where the part begins, in code points; the end of it for what stands for no text
 * @param ends where it ends, in code points
 */
@SuppressWarnings("ArrayRecordComponent") // Read once, and never compared.
public record PlacedTokens(int[] tokens, int[] starts, int[] ends) {

  /** Which tokens stand for some of what lies from {@code start} to {@code end}. */
  public BitSet overlapping(int start, int end) {
    BitSet overlapping = new BitSet();
    for (int token = 0; token < tokens.length; token++) {
      overlapping.set(
          token, starts[token] < end && ends[token] > start && starts[token] < ends[token]);
    }
    return overlapping;
  }
}
