package org.mergetomix.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.mergetomix.folder.Digests;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.ExampleRange;

/**
 * What padding costs on a text: tokens that a model sees for each token that counts, when batches
 * are formed by length over the whole text, by length within blocks, and without regard to length.
 *
 * <p>Run it with a text, its context and the batch size; see CONTRIBUTING.
 */
public final class BlockPadding {

  private BlockPadding() {}

  /** Prints the figures of one text. */
  public static void main(String[] arguments) {
    Path file = Path.of(arguments[0]);
    int context = Integer.parseInt(arguments[1]);
    int batchSize = Integer.parseInt(arguments[2]);
    LikelihoodQuestions questions =
        LanguageModelling.KIND.questions(
            new TaskData(
                new TextData(file.toString(), TokenizerSource.BYTES, context),
                Digests.sha256(file)));
    List<TokenWindow> windows = questions.windows();
    List<TokenWindow> shuffled = new ArrayList<>(windows);
    Collections.shuffle(shuffled, new Random(1));
    double tokens = windows.stream().mapToInt(TokenWindow::length).sum();
    System.out.printf(
        Locale.ROOT,
        "%d examples, batches of %d: by length %s, by length within blocks %s, any %s%n",
        questions.size(),
        batchSize,
        cost(BatchWindows.of(windows, batchSize), tokens),
        cost(inBlocks(questions, batchSize), tokens),
        cost(asTheyCome(shuffled, batchSize), tokens));
  }

  private static String cost(List<BatchWindows> batches, double tokens) {
    return String.format(
        Locale.ROOT, "%.3f in %d batches", padded(batches) / tokens, batches.size());
  }

  private static List<BatchWindows> inBlocks(LikelihoodQuestions questions, int batchSize) {
    List<BatchWindows> batches = new ArrayList<>();
    for (ExampleRange block : Blocks.of(questions.size())) {
      batches.addAll(BatchWindows.of(questions.windows(block), batchSize));
    }
    return batches;
  }

  private static List<BatchWindows> asTheyCome(List<TokenWindow> windows, int batchSize) {
    List<BatchWindows> batches = new ArrayList<>();
    for (int first = 0; first < windows.size(); first += batchSize) {
      batches.add(
          new BatchWindows(
              List.of(), windows.subList(first, Math.min(first + batchSize, windows.size()))));
    }
    return batches;
  }

  private static double padded(List<BatchWindows> batches) {
    return batches.stream()
        .map(BatchWindows::windows)
        .mapToDouble(
            batch ->
                batch.size() * batch.stream().mapToInt(TokenWindow::length).max().orElseThrow())
        .sum();
  }
}
