package org.mergetomix.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.LiveModelEvaluator;
import org.mergetomix.evaluation.TaskData;
import org.mergetomix.evaluation.TaskQuestions;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.evaluation.TokenizerSource;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.merge.Merging;
import org.mergetomix.merge.PrefixMerger;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.Precision;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.tensor.Checkpoint;

/**
 * What a surrogate of a Hugging Face folder costs on one thread, whole folders as experts: merging
 * and writing, and evaluating. It works when it is told to, so that {@code
 * src/test/python/torch_loop.py}, which makes the folder and starts this, can take turns with
 * transformers; CONTRIBUTING has the command. A line of standard input asks for the next mixture in
 * prefix order; the answer has milliseconds of the thread's CPU for both, and the mean score.
 *
 * <p>Arguments: a folder with {@code base}, the experts {@code a} to {@code d} and {@code
 * task.txt}; the context, and the batch size.
 */
public final class SurrogateBenchmark {

  private static final List<String> DATASETS = List.of("a", "b", "c", "d");

  private SurrogateBenchmark() {}

  /** Answers until the input ends. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int context = Integer.parseInt(arguments[1]);
    int batchSize = Integer.parseInt(arguments[2]);
    Path base = folder.resolve("base");
    SortedMap<String, Delta> deltas = new TreeMap<>();
    try (Checkpoint opened = Checkpoints.open(base)) {
      Family family = FamilyReader.ofBase(base, opened.tensors().keySet());
      for (String id : DATASETS) {
        deltas.put(id, Delta.open(opened, folder.resolve(id), ExpertPolicy.STRICT.with(family)));
      }
      SortedMap<String, PreparedExperts.Expert> experts = new TreeMap<>();
      deltas.forEach((id, delta) -> experts.put(id, new PreparedExperts.Expert(id, delta)));
      PrefixMerger merger =
          new PrefixMerger(
              PreparedExperts.of(opened, experts, Merging.method("average")), DATASETS.size());
      TaskQuestions questions = questions(base, folder.resolve("task.txt"), context);
      SortedMap<String, TaskQuestions> tasks = new TreeMap<>(Map.of("task", questions));
      try (FamilyModel model = FamilyModel.open(family, Precision.FLOAT32, ComputeDevice.CPU);
          LiveModelEvaluator evaluator =
              LiveModelEvaluator.of(Map.of(TaskSplit.SEARCH, tasks), batchSize, model)) {
        answer(merger, model, evaluator, questions.size());
      }
    } finally {
      deltas.values().forEach(Delta::close);
    }
  }

  private static TaskQuestions questions(Path base, Path text, int context) {
    TokenizerSource tokenizer =
        new TokenizerSource.OfFolder(
            Location.of(base), "", TokenizerSource.OfFolder.identity(base));
    return LanguageModelling.KIND.questions(
        new TaskData(new TextData(text.toString(), tokenizer, context), Digests.sha256(text)));
  }

  private static void answer(
      PrefixMerger merger, FamilyModel model, LiveModelEvaluator evaluator, int examples)
      throws IOException {
    List<Mixture> mixtures = mixtures();
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    for (int turn = 0; input.readLine() != null; turn++) {
      Mixture mixture = mixtures.get(turn % mixtures.size());
      long start = cpu();
      merger.merge(mixture, Optional.of(mixtures.get((turn + 1) % mixtures.size())), model);
      long merged = cpu();
      double[] scores =
          evaluator
              .evaluate("task", TaskSplit.SEARCH, ExampleRange.all(examples))
              .get(LanguageModelling.BITS_PER_BYTE.name());
      long evaluated = cpu();
      System.out.printf(
          Locale.ROOT,
          "answer %s %.3f %.3f %.9f%n",
          mixture.id(),
          (merged - start) / 1e6,
          (evaluated - merged) / 1e6,
          Arrays.stream(scores).average().orElseThrow());
    }
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** All subsets but none, in prefix order. */
  private static List<Mixture> mixtures() {
    List<Mixture> mixtures = new ArrayList<>();
    grow(List.of(), 0, mixtures);
    return mixtures;
  }

  private static void grow(List<String> prefix, int next, List<Mixture> mixtures) {
    for (int dataset = next; dataset < DATASETS.size(); dataset++) {
      List<String> longer = new ArrayList<>(prefix);
      longer.add(DATASETS.get(dataset));
      mixtures.add(Mixture.subset(longer));
      grow(longer, dataset + 1, mixtures);
    }
  }
}
