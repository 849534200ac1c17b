package org.mergetomix.evaluation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.mergetomix.model.LiveModel;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleScores;

/**
 * How well a model predicts a text: bits per byte of every example, lower is better. An example's
 * score counts all of its tokens, the end included; its weight is its length in UTF-8 bytes.
 *
 * <p>The examples are read, tokenised and batched once and stay on the device of the model they
 * were prepared for. Batches do not depend on what is evaluated, so scores repeat bit for bit. Owns
 * its arrays; used by one thread at a time.
 */
public final class LanguageModelling implements AutoCloseable {

  /** Part of every evaluation's key: raised whenever scores would change. */
  public static final String VERSION = "language-modelling/1";

  /** What the scores are measured in. */
  public static final String UNIT = "bits per byte";

  /** Which way the scores improve. */
  public static final Direction DIRECTION = Direction.LOWER_IS_BETTER;

  private final NDManager memory;
  private final List<TokenBatch> batches;
  private final double[] bytes;

  private LanguageModelling(NDManager memory, List<TokenBatch> batches, double[] bytes) {
    this.memory = memory;
    this.batches = batches;
    this.bytes = bytes;
  }

  /**
   * Prepares a text for a model.
   *
   * @param text how and where the text is
   * @param batchSize windows evaluated at once; it decides the last bits of a score
   * @param model the model, whose device the batches stay on
   */
  public static LanguageModelling prepare(TextData text, int batchSize, LiveModel model) {
    Tokenizer tokenizer = text.tokenizer();
    List<String> examples = TextExamples.read(text.file());
    List<TokenWindow> windows =
        new ArrayList<>(TokenWindow.of(examples, tokenizer, text.context()));
    // Neighbours of one length need little padding; a stable sort keeps the order fixed.
    windows.sort(Comparator.comparingInt(TokenWindow::length));
    NDManager memory = model.newScope();
    List<TokenBatch> batches = new ArrayList<>();
    for (int first = 0; first < windows.size(); first += batchSize) {
      List<TokenWindow> batch = windows.subList(first, Math.min(first + batchSize, windows.size()));
      batches.add(TokenBatch.of(memory, batch, tokenizer.padding()));
    }
    double[] bytes =
        examples.stream()
            .mapToDouble(example -> example.getBytes(StandardCharsets.UTF_8).length)
            .toArray();
    return new LanguageModelling(memory, batches, bytes);
  }

  /** Scores a model as its parameters are now. */
  public ExampleScores evaluate(LiveModel model) {
    double[] nats = new double[bytes.length];
    for (TokenBatch batch : batches) {
      try (NDManager scope = model.newScope()) {
        NDArray logits = model.logits(batch.inputs(), scope);
        float[] sums = batch.negativeLogLikelihood(logits).sum(new int[] {1}).toFloatArray();
        for (int row = 0; row < sums.length; row++) {
          nats[batch.windows().get(row).example()] += sums[row];
        }
      }
    }
    double[] bitsPerByte = new double[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      bitsPerByte[i] = nats[i] / Math.log(2) / bytes[i];
    }
    return new ExampleScores(bitsPerByte, bytes);
  }

  @Override
  public void close() {
    memory.close();
  }
}
