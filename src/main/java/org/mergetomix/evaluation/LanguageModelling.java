package org.mergetomix.evaluation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Measure;

/**
 * How well a model predicts a text: bits per byte of every example, lower is better. An example's
 * score counts all tokens that its tokenizer asks for: those of the text, and for the tokenizer of
 * bytes the end; its weight is its length in UTF-8 bytes.
 */
public final class LanguageModelling implements TaskKind {

  /** The only one that is needed. */
  public static final LanguageModelling KIND = new LanguageModelling();

  /** Part of every evaluation's key: raised whenever scores, examples or their order change. */
  public static final String VERSION = "language-modelling/2";

  /** Bits that the model needs for a byte of the text. */
  public static final Measure BITS_PER_BYTE =
      new Measure(
          "bits_per_byte", "bits per byte", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN);

  private LanguageModelling() {}

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public List<Measure> measures() {
    return List.of(BITS_PER_BYTE);
  }

  @Override
  public List<TaskExample> examples(TaskData data) {
    return examples(lines(data));
  }

  @Override
  public TaskQuestions questions(TaskData data) {
    List<TextLine> lines = lines(data);
    List<TokenWindow> windows = new ArrayList<>();
    try (Tokenizer tokenizer = data.text().tokenizer().open()) {
      for (int example = 0; example < lines.size(); example++) {
        windows.addAll(tokenizer.scored(example, lines.get(example).text(), data.text().context()));
      }
      return new TaskQuestions(this, examples(lines), windows, tokenizer.padding());
    }
  }

  private static List<TextLine> lines(TaskData data) {
    return ExampleOrder.of(TextExamples.lines(data.text().file()), data.digest());
  }

  private static List<TaskExample> examples(List<TextLine> lines) {
    List<TaskExample> examples = new ArrayList<>();
    for (TextLine line : lines) {
      double bytes = line.text().getBytes(StandardCharsets.UTF_8).length;
      examples.add(
          new TaskExample(
              examples.size(),
              new TreeMap<>(Map.of(BITS_PER_BYTE.name(), bytes)),
              new TreeMap<>(Map.of("line", Integer.toString(line.number())))));
    }
    return List.copyOf(examples);
  }

  @Override
  public SortedMap<String, double[]> scores(
      List<TaskExample> examples, List<TokenWindow> windows, double[] nats) {
    int first = examples.get(0).place();
    double[] scores = new double[examples.size()];
    for (int i = 0; i < nats.length; i++) {
      scores[windows.get(i).example() - first] += nats[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] = scores[i] / Math.log(2) / examples.get(i).weight(BITS_PER_BYTE.name());
    }
    SortedMap<String, double[]> byMeasure = new TreeMap<>();
    byMeasure.put(BITS_PER_BYTE.name(), scores);
    return byMeasure;
  }
}
