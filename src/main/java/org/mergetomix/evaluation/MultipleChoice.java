package org.mergetomix.evaluation;

import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.mergetomix.data.ChoiceColumns;
import org.mergetomix.data.Choices;
import org.mergetomix.data.DataCheck;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.prompt.Prompting;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Measure;

/**
 * Which of some choices a model finds likeliest after a context, as lm-eval's {@code
 * multiple_choice} has it: each choice is scored after the context and a delimiter.
 *
 * @param columns where the questions are in rows; every row has its own choices
 * @param prompting how they are put before the model
 */
public record MultipleChoice(ChoiceColumns columns, Prompting prompting) implements TaskKind {

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
  public SortedMap<String, Object> settings() {
    SortedMap<String, Object> settings = prompting.settings();
    settings.put("context", columns.context().text());
    settings.put("choices", ((Choices.OfColumn) columns.choices()).column());
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
  public OptionalInt written() {
    return OptionalInt.empty();
  }

  @Override
  public DataCheck check(List<DataFile> files, RowColumns unused) {
    return check(files, List.of(), unused);
  }

  @Override
  public DataCheck check(List<DataFile> files, List<DataFile> shots, RowColumns unused) {
    return asking().check(files, shots);
  }

  @Override
  public List<TaskExample> examples(TaskData data) {
    return asking().examples(data);
  }

  @Override
  public void requireShots(TaskData data) {
    asking().prompted(data);
  }

  @Override
  public LikelihoodQuestions questions(TaskData data) {
    return asking().questions(data);
  }

  private ChoiceAsking asking() {
    return new ChoiceAsking(columns, prompting, MEASURES);
  }
}
