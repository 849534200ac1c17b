package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.model.LiveModel;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.testing.ByteTransformer;

class LanguageModellingTest {

  private static final int BATCH_SIZE = 4;

  /** Of all lengths, some over several windows, one that just fills two. */
  private static final List<String> EXAMPLES = examples();

  @TempDir private static Path directory;

  private static LiveModel model;
  private static TextData text;

  @BeforeAll
  static void prepare() throws IOException {
    model = ByteTransformer.load();
    text = text(EXAMPLES);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void scoresWhatTheModelPredicts() {
    ExampleScores scores = evaluate(model, BATCH_SIZE);

    for (int i = 0; i < EXAMPLES.size(); i++) {
      assertThat(scores.scores()[i])
          .as(EXAMPLES.get(i))
          .isEqualTo(bitsPerByte(EXAMPLES.get(i)), within(2e-6));
    }
  }

  @Test
  void weighsExamplesByTheirBytes() {
    assertThat(evaluate(model, BATCH_SIZE).weights())
        .isEqualTo(
            EXAMPLES.stream()
                .mapToDouble(example -> example.getBytes(StandardCharsets.UTF_8).length)
                .toArray());
    assertThat(LanguageModelling.UNIT).isEqualTo("bits per byte");
    assertThat(LanguageModelling.DIRECTION).isEqualTo(Direction.LOWER_IS_BETTER);
  }

  @Test
  void repeatsBitForBit() {
    ExampleScores first = evaluate(model, BATCH_SIZE);

    try (LanguageModelling task = LanguageModelling.prepare(text, BATCH_SIZE, model)) {
      assertThat(task.evaluate(model)).isEqualTo(first);
      assertThat(task.evaluate(model)).isEqualTo(first);
    }
    try (LiveModel same = ByteTransformer.load()) {
      assertThat(evaluate(same, BATCH_SIZE)).isEqualTo(first);
    }
  }

  @Test
  void scoresAModelAsItIsNow() {
    ExampleScores expected;
    try (LiveModel other = ByteTransformer.load(1)) {
      expected = evaluate(other, BATCH_SIZE);
    }
    try (LiveModel changing = ByteTransformer.load();
        LiveModel other = ByteTransformer.load(1);
        LanguageModelling task = LanguageModelling.prepare(text, BATCH_SIZE, changing)) {
      assertThat(task.evaluate(changing)).isNotEqualTo(expected);

      other.tensors().keySet().forEach(name -> copy(name, other, changing));

      assertThat(task.evaluate(changing)).isEqualTo(expected);
    }
  }

  @Test
  void dependsOnTheBatchSizeByRoundingAlone() {
    double[] expected = evaluate(model, BATCH_SIZE).scores();

    for (int batchSize : new int[] {1, 3, 1000}) {
      assertThat(evaluate(model, batchSize).scores()).containsExactly(expected, within(2e-6));
    }
  }

  @Test
  void givesTheSameBitsOnTwoThreads() throws Exception {
    List<ExampleScores> alone = new ArrayList<>();
    for (int variant = 0; variant < 2; variant++) {
      try (LiveModel other = ByteTransformer.load(variant)) {
        alone.add(evaluate(other, BATCH_SIZE));
      }
    }
    assertThat(alone.get(0)).isNotEqualTo(alone.get(1));

    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      CyclicBarrier together = new CyclicBarrier(2);
      List<Future<List<ExampleScores>>> futures = new ArrayList<>();
      for (int variant = 0; variant < 2; variant++) {
        int chosen = variant;
        futures.add(threads.submit(() -> evaluateTogether(chosen, together)));
      }
      for (int variant = 0; variant < 2; variant++) {
        assertThat(futures.get(variant).get()).containsOnly(alone.get(variant));
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void givesAllItsMemoryBack() {
    try (NDManager scope = model.newScope()) {
      NDManager parent = scope.getParentManager();
      int before = parent.getManagedArrays().size();
      try (LanguageModelling task = LanguageModelling.prepare(text, BATCH_SIZE, model)) {
        int prepared = parent.getManagedArrays().size();
        assertThat(prepared).isGreaterThan(before);
        task.evaluate(model);
        assertThat(parent.getManagedArrays()).hasSize(prepared);
      }
      assertThat(parent.getManagedArrays()).hasSize(before);
    }
  }

  @Test
  void saysThatTheContextIsNotTheModels() {
    TextData tooLong = new TextData(text.path(), "bytes", 64);
    try (LanguageModelling task = LanguageModelling.prepare(tooLong, BATCH_SIZE, model)) {
      assertThatThrownBy(() -> task.evaluate(model))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("size of tensor a (57) must match the size of tensor b (48)");
    }
  }

  private static List<ExampleScores> evaluateTogether(int variant, CyclicBarrier together)
      throws Exception {
    List<ExampleScores> scores = new ArrayList<>();
    try (LiveModel other = ByteTransformer.load(variant);
        LanguageModelling task = LanguageModelling.prepare(text, BATCH_SIZE, other)) {
      for (int i = 0; i < 5; i++) {
        together.await();
        scores.add(task.evaluate(other));
      }
    }
    return scores;
  }

  private static ExampleScores evaluate(LiveModel model, int batchSize) {
    try (LanguageModelling task = LanguageModelling.prepare(text, batchSize, model)) {
      return task.evaluate(model);
    }
  }

  /** One stretch at a time, without padding; sums and logarithms in double precision. */
  private static double bitsPerByte(String example) {
    byte[] bytes = example.getBytes(StandardCharsets.UTF_8);
    long[] tokens = new long[bytes.length + 2];
    tokens[0] = 256;
    for (int i = 0; i < bytes.length; i++) {
      tokens[i + 1] = bytes[i] & 0xFF;
    }
    tokens[bytes.length + 1] = 257;
    double nats = 0;
    for (int first = 0; first < tokens.length - 1; first += ByteTransformer.CONTEXT) {
      int last = Math.min(first + ByteTransformer.CONTEXT, tokens.length - 1);
      try (NDManager scope = model.newScope()) {
        long[] inputs = Arrays.copyOfRange(tokens, first, last);
        NDArray logits = model.logits(scope.create(inputs, new Shape(1, inputs.length)), scope);
        float[] values = logits.toFloatArray();
        for (int position = 0; position < inputs.length; position++) {
          nats += negativeLogLikelihood(values, position, (int) tokens[first + position + 1]);
        }
      }
    }
    return nats / Math.log(2) / bytes.length;
  }

  private static double negativeLogLikelihood(float[] logits, int position, int target) {
    double sum = 0;
    for (int token = 0; token < 259; token++) {
      sum += Math.exp(logits[position * 259 + token]);
    }
    return Math.log(sum) - logits[position * 259 + target];
  }

  private static void copy(String name, LiveModel from, LiveModel to) {
    float[] parameter = ByteTransformer.parameter(from, name);
    to.write(name, 0, parameter, parameter.length);
  }

  private static TextData text(List<String> examples) throws IOException {
    Path file = Files.write(directory.resolve("examples.txt"), examples);
    return new TextData(file.toString(), "bytes", ByteTransformer.CONTEXT);
  }

  private static List<String> examples() {
    List<String> examples = new ArrayList<>();
    for (int length = 1; length < 30; length += 3) {
      examples.add("ñàé".repeat(length).substring(0, length));
    }
    examples.add("x".repeat(95));
    examples.add("divendres sant ".repeat(8));
    examples.add("b");
    return examples;
  }
}
