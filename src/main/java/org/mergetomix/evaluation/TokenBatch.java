package org.mergetomix.evaluation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Windows in rows of one length, on a device.
 *
 * <p>The arrays belong to the manager they were made with. {@code inputs}, {@code targets} and
 * {@code texts} are int64 [rows, length], {@code mask} float32 [rows, length].
 *
 * @param inputs the tokens that the model sees
 * @param targets the tokens after them; the padding token where there is none
 * @param mask 1 for a target that is asked for, 0 for context and padding
 * @param texts which window of its row a token is of, from 1; 0 at padding; empty where each has a
 *     row of its own
 */
public record TokenBatch(NDArray inputs, NDArray targets, NDArray mask, Optional<NDArray> texts) {

  /** Lays windows out as a batch as long as its longest window, in {@code manager}'s memory. */
  public static TokenBatch of(NDManager manager, List<TokenWindow> windows, int padding) {
    return laidOut(manager, windows.stream().map(List::of).toList(), padding);
  }

  /**
   * The same with several windows in a row where they fit: each, the longest first, goes into the
   * first row that has room for it. No row is longer than the longest window, so there are never
   * more places than in {@link #of}.
   */
  public static TokenBatch packed(NDManager manager, List<TokenWindow> windows, int padding) {
    List<TokenWindow> longestFirst = new ArrayList<>(windows);
    longestFirst.sort(Comparator.comparingInt(TokenWindow::length).reversed());
    int length = longestFirst.get(0).length();
    List<List<TokenWindow>> rows = new ArrayList<>();
    for (TokenWindow window : longestFirst) {
      rows.stream()
          .filter(row -> length(row) + window.length() <= length)
          .findFirst()
          .orElseGet(
              () -> {
                rows.add(new ArrayList<>());
                return rows.get(rows.size() - 1);
              })
          .add(window);
    }
    TokenBatch batch = laidOut(manager, rows, padding);
    long[] texts = new long[rows.size() * length];
    for (int row = 0; row < rows.size(); row++) {
      int cell = row * length;
      for (int text = 0; text < rows.get(row).size(); text++) {
        int end = cell + rows.get(row).get(text).length();
        Arrays.fill(texts, cell, end, text + 1);
        cell = end;
      }
    }
    return new TokenBatch(
        batch.inputs,
        batch.targets,
        batch.mask,
        Optional.of(manager.create(texts, new Shape(rows.size(), length))));
  }

  private static int length(List<TokenWindow> row) {
    return row.stream().mapToInt(TokenWindow::length).sum();
  }

  private static TokenBatch laidOut(NDManager manager, List<List<TokenWindow>> rows, int padding) {
    int length = rows.stream().mapToInt(TokenBatch::length).max().orElseThrow();
    long[] inputs = new long[rows.size() * length];
    long[] targets = new long[rows.size() * length];
    float[] mask = new float[rows.size() * length];
    Arrays.fill(inputs, padding);
    Arrays.fill(targets, padding);
    for (int row = 0; row < rows.size(); row++) {
      int cell = row * length;
      for (TokenWindow window : rows.get(row)) {
        for (int position = 0; position < window.length(); position++, cell++) {
          inputs[cell] = window.input(position);
          targets[cell] = window.target(position);
          mask[cell] = window.asks(position) ? 1 : 0;
        }
      }
    }
    Shape shape = new Shape(rows.size(), length);
    return new TokenBatch(
        manager.create(inputs, shape),
        manager.create(targets, shape),
        manager.create(mask, shape),
        Optional.empty());
  }

  /**
   * Negative log-likelihood of what is asked for.
   *
   * @param losses what a model says of {@code inputs} and {@code targets}: float32 [windows,
   *     length]
   * @return nats, float32 [windows, length], 0 where nothing is asked; in the scope of {@code
   *     losses}
   */
  public NDArray negativeLogLikelihood(NDArray losses) {
    return losses.mul(mask);
  }
}
