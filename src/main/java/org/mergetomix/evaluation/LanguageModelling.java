package org.mergetomix.evaluation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.data.DataCheck;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.DataRows;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Example;
import org.mergetomix.data.ExampleRows;
import org.mergetomix.data.RowColumns;
import org.mergetomix.data.template.syntax.Whitespace;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Measure;

/**
 * How well a model predicts a text: bits per byte of every example, and its perplexity by bytes and
 * by words, lower is better. An example's score counts all tokens that its tokenizer asks for:
 * those of the text, of a completion, or of what an assistant wrote, and for the tokenizer of bytes
 * the end; its weight is the length of that text in UTF-8 bytes, or in words.
 */
public record LanguageModelling() implements TaskKind, Scoring {

  /** The only one that is needed. */
  public static final LanguageModelling KIND = new LanguageModelling();

  /** Part of every evaluation's key: raised whenever scores, examples or their order change. */
  public static final String VERSION = "language-modelling/3";

  /** Bits that the model needs for a byte of the text. */
  public static final Measure BITS_PER_BYTE =
      new Measure(
          "bits_per_byte", "bits per byte", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN);

  /** The exponential of the nats that the model needs for a byte. */
  public static final Measure BYTE_PERPLEXITY = perplexity("byte_perplexity", "byte perplexity");

  /**
   * The exponential of the nats that the model needs for a word. Words are what white space stands
   * between, as lm-eval counts them with Python's {@code re.split}: white space at an end has an
   * empty one behind it.
   */
  public static final Measure WORD_PERPLEXITY = perplexity("word_perplexity", "word perplexity");

  private static Measure perplexity(String name, String unit) {
    return new Measure(name, unit, Direction.LOWER_IS_BETTER, Measure.Aggregate.EXP_OF_MEAN);
  }

  @Override
  public String name() {
    return "language-modelling";
  }

  @Override
  public SortedMap<String, Object> settings() {
    return new TreeMap<>();
  }

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public List<Measure> measures() {
    return List.of(BITS_PER_BYTE, BYTE_PERPLEXITY, WORD_PERPLEXITY);
  }

  @Override
  public OptionalInt written() {
    return OptionalInt.empty();
  }

  @Override
  public DataCheck check(List<DataFile> files, RowColumns columns) {
    DataRows<Example> read = ExampleRows.read(files, columns);
    read.rows().forEach(LanguageModelling::counted);
    return ExampleRows.check(read);
  }

  @Override
  public List<TaskExample> examples(TaskData data) {
    return examples(rows(data), data);
  }

  @Override
  public LikelihoodQuestions questions(TaskData data) {
    return questions(rows(data), data);
  }

  /** What is asked of these rows of the data, in this order. */
  static LikelihoodQuestions questions(List<Placed<Example>> rows, TaskData data) {
    List<TokenWindow> windows = new ArrayList<>();
    try (Tokenizer tokenizer = data.text().tokenizer().open()) {
      for (int example = 0; example < rows.size(); example++) {
        windows.addAll(tokenizer.scored(example, rows.get(example), data.text().context()));
      }
      return new LikelihoodQuestions(KIND, examples(rows, data), windows, tokenizer.padding());
    }
  }

  private static List<Placed<Example>> rows(TaskData data) {
    return ExampleOrder.of(data.rows(data.text().rows()), data.digest());
  }

  /** These rows of the data as examples, in this order. */
  static List<TaskExample> examples(List<Placed<Example>> rows, TaskData data) {
    int files = data.text().files().size();
    List<TaskExample> examples = new ArrayList<>();
    for (Placed<Example> row : rows) {
      examples.add(
          new TaskExample(
              examples.size(), weights(counted(row)), TaskExample.columns(row.place(), files)));
    }
    return List.copyOf(examples);
  }

  private static SortedMap<String, Double> weights(String counted) {
    double bytes = counted.getBytes(StandardCharsets.UTF_8).length;
    return new TreeMap<>(
        Map.of(
            BITS_PER_BYTE.name(),
            bytes,
            BYTE_PERPLEXITY.name(),
            bytes,
            WORD_PERPLEXITY.name(),
            (double) words(counted)));
  }

  /** One more than there are stretches of white space. */
  private static int words(String text) {
    int words = 1;
    for (int place = 0; place < text.length(); place++) {
      boolean begins = place == 0 || !Whitespace.is(text.charAt(place - 1));
      words += begins && Whitespace.is(text.charAt(place)) ? 1 : 0;
    }
    return words;
  }

  /** The text that is scored. */
  private static String counted(Placed<Example> row) {
    String counted =
        row.meaning()
            .map(
                Example.PlainText::text,
                Example.Completion::completion,
                dialogue -> dialogue.conversation().completions());
    if (counted.isEmpty()) {
      throw row.refused("There is no text to score", "Give the assistant's messages a text");
    }
    return counted;
  }

  @Override
  public SortedMap<String, double[]> scores(
      List<TaskExample> examples, List<TokenWindow> windows, double[] nats) {
    int first = examples.get(0).place();
    double[] sums = new double[examples.size()];
    for (int i = 0; i < nats.length; i++) {
      sums[windows.get(i).example() - first] += nats[i];
    }
    SortedMap<String, double[]> byMeasure = new TreeMap<>();
    for (Measure measure : measures()) {
      double unit = measure.equals(BITS_PER_BYTE) ? Math.log(2) : 1;
      double[] scores = new double[sums.length];
      Arrays.setAll(scores, i -> sums[i] / unit / examples.get(i).weight(measure.name()));
      byMeasure.put(measure.name(), scores);
    }
    return byMeasure;
  }
}
