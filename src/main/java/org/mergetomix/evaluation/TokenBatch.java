package org.mergetomix.evaluation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Windows padded to one length, on a device.
 *
 * <p>The arrays belong to the manager they were made with. {@code inputs} and {@code targets} are
 * int64 [windows, length], {@code mask} float32 [windows, length].
 *
 * @param windows the windows, a row each
 * @param inputs the tokens that the model sees
 * @param targets the tokens after them; the padding token where there is none
 * @param mask 1 for a target that is asked for, 0 for context and padding
 */
public record TokenBatch(List<TokenWindow> windows, NDArray inputs, NDArray targets, NDArray mask) {

  /** Lays windows out as a batch as long as its longest window, in {@code manager}'s memory. */
  public static TokenBatch of(NDManager manager, List<TokenWindow> windows, int padding) {
    int length = windows.stream().mapToInt(TokenWindow::length).max().orElseThrow();
    long[] inputs = new long[windows.size() * length];
    long[] targets = new long[windows.size() * length];
    float[] mask = new float[windows.size() * length];
    int cell = 0;
    for (TokenWindow window : windows) {
      for (int position = 0; position < length; position++, cell++) {
        boolean filled = position < window.length();
        inputs[cell] = filled ? window.input(position) : padding;
        targets[cell] = filled ? window.target(position) : padding;
        mask[cell] = filled && window.asks(position) ? 1 : 0;
      }
    }
    Shape shape = new Shape(windows.size(), length);
    return new TokenBatch(
        List.copyOf(windows),
        manager.create(inputs, shape),
        manager.create(targets, shape),
        manager.create(mask, shape));
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
