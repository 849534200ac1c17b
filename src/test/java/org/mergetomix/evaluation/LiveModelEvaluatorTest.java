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
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.folder.Digests;
import org.mergetomix.model.LiveModel;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.testing.ByteTransformer;

class LiveModelEvaluatorTest {

  private static final int BATCH_SIZE = 4;

  /** Of all lengths, some over several windows, one that just fills two. */
  private static final List<String> EXAMPLES = examples();

  private static final ExampleRange ALL = ExampleRange.all(EXAMPLES.size());

  private static final String MEASURE = LanguageModelling.BITS_PER_BYTE.name();

  @TempDir private static Path directory;

  private static LiveModel model;
  private static TaskData data;

  @BeforeAll
  static void prepare() throws IOException {
    model = ByteTransformer.load();
    data = data(EXAMPLES);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void scoresWhatTheModelPredicts() {
    double[] scores = evaluate(model, BATCH_SIZE);

    for (TaskExample example : LanguageModelling.KIND.examples(data)) {
      String text = EXAMPLES.get(Integer.parseInt(example.columns().get("line")) - 1);
      assertThat(scores[example.place()]).as(text).isEqualTo(bitsPerByte(text), within(2e-6));
    }
  }

  @Test
  void repeatsBitForBit() {
    double[] first = evaluate(model, BATCH_SIZE);

    try (Evaluator evaluator = evaluator(model, BATCH_SIZE)) {
      assertThat(scores(evaluator, ALL)).isEqualTo(first);
      assertThat(scores(evaluator, ALL)).isEqualTo(first);
    }
    try (LiveModel same = ByteTransformer.load()) {
      assertThat(evaluate(same, BATCH_SIZE)).isEqualTo(first);
    }
  }

  @Test
  void givesWholeBlocksTheSameBitsAloneAsTogether() {
    List<ExampleRange> blocks = Blocks.of(EXAMPLES.size());
    assertThat(blocks).hasSize(8);
    try (Evaluator evaluator = evaluator(model, BATCH_SIZE)) {
      double[] all = scores(evaluator, ALL);

      for (ExampleRange first : blocks) {
        for (ExampleRange last : blocks.subList(blocks.indexOf(first), blocks.size())) {
          ExampleRange range = new ExampleRange(first.from(), last.to());
          assertThat(scores(evaluator, range))
              .as("%s", range)
              .isEqualTo(Arrays.copyOfRange(all, range.from(), range.to()));
        }
      }
    }
  }

  @Test
  void refusesARangeThatIsNotWholeBlocks() {
    try (Evaluator evaluator = evaluator(model, BATCH_SIZE)) {
      assertThatThrownBy(() -> scores(evaluator, new ExampleRange(0, EXAMPLES.size() - 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("Not whole blocks of 40 examples");
      assertThatThrownBy(() -> scores(evaluator, new ExampleRange(0, EXAMPLES.size() + 1)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void answersWithWhatIsNotANumber() {
    try (LiveModel broken = ByteTransformer.load()) {
      String name = broken.tensors().firstKey();
      float[] parameter = ByteTransformer.parameter(broken, name);
      Arrays.fill(parameter, Float.NaN);
      broken.write(name, 0, parameter, parameter.length);

      assertThat(evaluate(broken, BATCH_SIZE)).hasSize(EXAMPLES.size()).containsOnly(Double.NaN);
    }
  }

  @Test
  void knowsConfirmExamplesFromThoseThatRank() {
    try (Evaluator evaluator =
        LiveModelEvaluator.of(tasks(TaskSplit.CONFIRM, data), BATCH_SIZE, model)) {
      assertThat(evaluator.evaluate("task", TaskSplit.CONFIRM, ALL)).containsKey(MEASURE);
      assertThatThrownBy(() -> scores(evaluator, ALL))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Unknown task: task");
    }
  }

  @Test
  void scoresAModelAsItIsNow() {
    double[] expected;
    try (LiveModel other = ByteTransformer.load(1)) {
      expected = evaluate(other, BATCH_SIZE);
    }
    try (LiveModel changing = ByteTransformer.load();
        LiveModel other = ByteTransformer.load(1);
        Evaluator evaluator = evaluator(changing, BATCH_SIZE)) {
      assertThat(scores(evaluator, ALL)).isNotEqualTo(expected);

      other.tensors().keySet().forEach(name -> copy(name, other, changing));

      assertThat(scores(evaluator, ALL)).isEqualTo(expected);
    }
  }

  @Test
  void dependsOnTheBatchSizeByRoundingAlone() {
    double[] expected = evaluate(model, BATCH_SIZE);

    for (int batchSize : new int[] {1, 3, 1000}) {
      assertThat(evaluate(model, batchSize)).containsExactly(expected, within(2e-6));
    }
  }

  @Test
  void givesTheSameBitsOnTwoThreads() throws Exception {
    List<double[]> alone = new ArrayList<>();
    for (int variant = 0; variant < 2; variant++) {
      try (LiveModel other = ByteTransformer.load(variant)) {
        alone.add(evaluate(other, BATCH_SIZE));
      }
    }
    assertThat(alone.get(0)).isNotEqualTo(alone.get(1));

    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      CyclicBarrier together = new CyclicBarrier(2);
      List<Future<List<double[]>>> futures = new ArrayList<>();
      for (int variant = 0; variant < 2; variant++) {
        int chosen = variant;
        futures.add(threads.submit(() -> evaluateTogether(chosen, together)));
      }
      for (int variant = 0; variant < 2; variant++) {
        for (double[] scores : futures.get(variant).get()) {
          assertThat(scores).isEqualTo(alone.get(variant));
        }
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
      try (Evaluator evaluator = evaluator(model, BATCH_SIZE)) {
        int prepared = parent.getManagedArrays().size();
        assertThat(prepared).isGreaterThan(before);
        scores(evaluator, ALL);
        assertThat(parent.getManagedArrays()).hasSize(prepared);
      }
      assertThat(parent.getManagedArrays()).hasSize(before);
    }
  }

  @Test
  void saysThatTheContextIsNotTheModels() {
    TaskData tooLong =
        new TaskData(
            new TextData(data.text().files().get(0).path(), TokenizerSource.BYTES, 64),
            data.digest());
    try (Evaluator evaluator =
        LiveModelEvaluator.of(tasks(TaskSplit.SEARCH, tooLong), BATCH_SIZE, model)) {
      assertThatThrownBy(() -> scores(evaluator, ALL))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("must match the size of tensor b (48)");
    }
  }

  private static List<double[]> evaluateTogether(int variant, CyclicBarrier together)
      throws Exception {
    List<double[]> scores = new ArrayList<>();
    try (LiveModel other = ByteTransformer.load(variant);
        Evaluator evaluator = evaluator(other, BATCH_SIZE)) {
      for (int i = 0; i < 5; i++) {
        together.await();
        scores.add(scores(evaluator, ALL));
      }
    }
    return scores;
  }

  private static double[] evaluate(LiveModel model, int batchSize) {
    try (Evaluator evaluator = evaluator(model, batchSize)) {
      return scores(evaluator, ALL);
    }
  }

  private static double[] scores(Evaluator evaluator, ExampleRange range) {
    return evaluator.evaluate("task", TaskSplit.SEARCH, range).get(MEASURE);
  }

  private static Evaluator evaluator(LiveModel model, int batchSize) {
    return LiveModelEvaluator.of(tasks(TaskSplit.SEARCH, data), batchSize, model);
  }

  private static Map<TaskSplit, SortedMap<String, TaskQuestions>> tasks(
      TaskSplit split, TaskData data) {
    return Map.of(split, new TreeMap<>(Map.of("task", LanguageModelling.KIND.questions(data))));
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

  private static TaskData data(List<String> examples) throws IOException {
    Path file = Files.write(directory.resolve("examples.txt"), examples);
    return new TaskData(
        new TextData(file.toString(), TokenizerSource.BYTES, ByteTransformer.CONTEXT),
        Digests.sha256(file));
  }

  private static List<String> examples() {
    List<String> examples = new ArrayList<>();
    for (int length = 1; length < 38; length++) {
      examples.add("ñàé".repeat(length).substring(0, length));
    }
    examples.add("x".repeat(95));
    examples.add("divendres sant ".repeat(8));
    examples.add("b");
    return examples;
  }
}
