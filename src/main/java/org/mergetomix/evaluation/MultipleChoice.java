package org.mergetomix.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.data.ChoiceColumns;
import org.mergetomix.data.DataCheck;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Question;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.Tokenizer.TokenPair;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Measure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of some choices a model finds likeliest after a context, as lm-eval's {@code
 * multiple_choice} has it: each choice is scored after the context and a delimiter.
 *
 * @param columns where the questions are in rows
 */
public record MultipleChoice(ChoiceColumns columns) implements TaskKind {

  private static final Logger LOGGER = LoggerFactory.getLogger(MultipleChoice.class);

  /** What a manifest calls it. */
  public static final String NAME = "multiple-choice";

  /** Part of every evaluation's key: raised whenever scores, examples or their order change. */
  public static final String VERSION = "multiple-choice/1";

  private static final String UNIT = "accuracy";

  /** Whether the right choice is the likeliest. */
  public static final Measure ACC = higher("acc", UNIT);

  /** Whether it is, with each log-likelihood divided by its choice's characters. */
  public static final Measure ACC_NORM = higher("acc_norm", UNIT);

  /** Whether it is, with each log-likelihood divided by its choice's UTF-8 bytes. */
  public static final Measure ACC_BYTES = higher("acc_bytes", UNIT);

  /** How much likelier the right choice is than all others together: the log of their ratio. */
  public static final Measure MARGIN = higher("margin", "nats");

  private static final List<Measure> MEASURES = List.of(ACC, ACC_NORM, ACC_BYTES, MARGIN);

  private static Measure higher(String name, String unit) {
    return new Measure(name, unit, Direction.HIGHER_IS_BETTER, Measure.Aggregate.MEAN);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public SortedMap<String, String> settings() {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("context", columns.context().text());
    settings.put("choices", columns.choices());
    settings.put("answer", columns.answer());
    settings.put("delimiter", columns.delimiter());
    return settings;
  }

  @Override
  public String version() {
    return VERSION + " " + settings();
  }

  @Override
  public List<Measure> measures() {
    return MEASURES;
  }

  @Override
  public DataCheck check(List<DataFile> files, RowColumns unused) {
    return new DataCheck(columns.read(files).counts(), Optional.empty());
  }

  @Override
  public List<TaskExample> examples(TaskData data) {
    return examples(rows(data), data.text().files().size());
  }

  @Override
  public TaskQuestions questions(TaskData data) {
    List<Placed<Question>> rows = rows(data);
    List<TokenWindow> windows = new ArrayList<>();
    int context = data.text().context();
    int cut = 0;
    try (Tokenizer tokenizer = data.text().tokenizer().open()) {
      for (int example = 0; example < rows.size(); example++) {
        int longest = 0;
        for (TokenPair pair : pairs(tokenizer, rows.get(example), context)) {
          windows.addAll(
              TokenWindow.continuation(example, pair.given(), pair.continuation(), context));
          longest = Math.max(longest, pair.given().length + pair.continuation().length - 1);
        }
        cut += longest > context ? 1 : 0;
      }
      if (cut > 0) {
        LOGGER.warn(
            "{} of {} questions are longer than {} tokens: their contexts lost their beginning",
            cut,
            rows.size(),
            context);
      }
      return new TaskQuestions(
          new ChoiceScoring(rows.stream().map(Placed::meaning).toList()),
          examples(rows, data.text().files().size()),
          windows,
          tokenizer.padding());
    }
  }

  private List<TokenPair> pairs(Tokenizer tokenizer, Placed<Question> row, int context) {
    List<TokenPair> pairs = new ArrayList<>();
    for (String choice : row.meaning().choices()) {
      TokenPair pair = tokenizer.pair(row.meaning().context(), columns.delimiter() + choice);
      int length = pair.continuation().length;
      if (length == 0 || length > context) {
        throw row.refused(
            length == 0
                ? "A choice adds no token to its context"
                : "A choice is longer than the model's context, " + context + " tokens",
            "Leave the row out");
      }
      pairs.add(pair);
    }
    return pairs;
  }

  private static List<TaskExample> examples(List<Placed<Question>> rows, int files) {
    List<TaskExample> examples = new ArrayList<>();
    for (Placed<Question> row : rows) {
      SortedMap<String, Double> weights = new TreeMap<>();
      for (Measure measure : MEASURES) {
        weights.put(measure.name(), 1.0);
      }
      examples.add(
          new TaskExample(examples.size(), weights, TaskExample.columns(row.place(), files)));
    }
    return List.copyOf(examples);
  }

  private List<Placed<Question>> rows(TaskData data) {
    return ExampleOrder.of(columns.read(data.text().files()).rows(), data.digest());
  }
}
