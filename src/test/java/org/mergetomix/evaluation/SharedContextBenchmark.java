package org.mergetomix.evaluation;

import ai.djl.ndarray.NDManager;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.Precision;

/**
 * What a question with choices costs whose context is read once, beside one whose choices are read
 * as whole sequences in one batch: processor time on a Llama of 27 million parameters, medians of
 * runs taken in turn.
 *
 * <p>Run it with the tokens of the context, the number of choices, their tokens, and the number of
 * runs; see CONTRIBUTING.
 */
public final class SharedContextBenchmark {

  private static final String CONFIG =
      """
      {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 8192,
       "hidden_size": 512, "intermediate_size": 1376, "num_hidden_layers": 8,
       "num_attention_heads": 8, "num_key_value_heads": 4, "max_position_embeddings": 1024,
       "tie_word_embeddings": true, "hidden_act": "silu", "rms_norm_eps": 1e-6}
      """;

  private SharedContextBenchmark() {}

  /** Prints the two times and their ratio. */
  public static void main(String[] arguments) throws IOException {
    int[] numbers = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    Random random = new Random(1);
    try (FamilyModel model = model(random)) {
      List<TokenWindow> windows = windows(random, numbers[0], numbers[1], numbers[2]);
      SharedContext shared = SharedContext.of(windows).get(0);
      List<Double> once = new ArrayList<>();
      List<Double> whole = new ArrayList<>();
      for (int run = 0; run <= numbers[3]; run++) {
        double sharing = seconds(() -> model.continuations(shared.given(), shared.continuations()));
        double repeating = seconds(() -> losses(model, windows));
        // The first of each warms up.
        if (run > 0) {
          once.add(sharing);
          whole.add(repeating);
        }
      }
      System.out.printf(
          Locale.ROOT,
          "context of %d tokens, %d choices of %d: %.1f ms read once, %.1f ms as whole sequences,"
              + " %.2f times%n",
          numbers[0],
          numbers[1],
          numbers[2],
          1e3 * median(once),
          1e3 * median(whole),
          median(whole) / median(once));
    }
  }

  private static List<TokenWindow> windows(Random random, int context, int choices, int tokens) {
    int[] given = random.ints(context, 0, 8192).toArray();
    List<TokenWindow> windows = new ArrayList<>();
    for (int choice = 0; choice < choices; choice++) {
      windows.addAll(
          TokenWindow.continuation(0, given, random.ints(tokens, 0, 8192).toArray(), 1024));
    }
    return windows;
  }

  private static void losses(FamilyModel model, List<TokenWindow> windows) {
    try (NDManager scope = model.newScope()) {
      TokenBatch batch = TokenBatch.of(scope, windows, 0);
      batch
          .negativeLogLikelihood(model.losses(batch.inputs(), batch.targets(), scope))
          .sum(new int[] {1})
          .toFloatArray();
    }
  }

  /** Of all threads: other work on the machine does not count. */
  private static double seconds(Runnable work) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long before = system.getProcessCpuTime();
    work.run();
    return (system.getProcessCpuTime() - before) / 1e9;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static FamilyModel model(Random random) throws IOException {
    Path config = Files.createTempDirectory("shared").resolve(FamilyReader.FILE);
    Files.writeString(config, CONFIG);
    Family read = FamilyReader.read(config);
    Family family = read.named(read.tensors().keySet());
    Files.delete(config);
    Files.delete(config.getParent());
    FamilyModel model = FamilyModel.open(family, Precision.FLOAT32, ComputeDevice.CPU);
    model
        .tensors()
        .forEach(
            (name, spec) -> {
              float[] values = new float[(int) spec.elements()];
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.nextGaussian() * 0.02);
              }
              model.write(name, 0, values, values.length);
            });
    return model;
  }
}
