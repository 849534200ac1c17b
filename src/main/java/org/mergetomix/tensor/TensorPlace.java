package org.mergetomix.tensor;

/**
 * A floating-point tensor of the base, with its place among all of them.
 *
 * @param index counts the tensors in ascending order of their names, from 0
 * @param elements how many, at least 1
 * @param columns size of the innermost dimension: the length of a row; 1 for a scalar
 * @param start position of the first element in stores that hold all tensors one after the other; a
 *     multiple of 64, so that a chunk's bits begin with a word
 * @param firstChunk number of the first chunk, where the chunks of all tensors are counted
 */
public record TensorPlace(
    String name, int index, long elements, long columns, long start, long firstChunk) {

  /** Number of the chunk that begins at {@code offset}. */
  public long chunk(long offset) {
    return firstChunk + offset / Layout.CHUNK;
  }
}
