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
 * Which of some labels a model finds likeliest for a text: multiple choice whose choices are always
 * the same.
 *
 * @param columns where the questions are in rows; the choices are labels
 * @param prompting how they are put before the model
 */
public record Classification(ChoiceColumns columns, Prompting prompting) implements TaskKind {

  /** What a manifest calls it. */
  public static final String NAME = "classification";

  /** Part of every evaluation's key: raised whenever scores, examples or their order change. */
  public static final String VERSION = "classification/1";

  /**
   * How unlikely the right label is among all labels: the negative logarithm of its share of what
   * the model thinks of them together.
   */
  public static final Measure NLL =
      new Measure("nll", "nats", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN);

  private static final List<Measure> MEASURES = List.of(MultipleChoice.ACC, NLL);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public SortedMap<String, Object> settings() {
    SortedMap<String, Object> settings = prompting.settings();
    settings.put("context", columns.context().text());
    settings.put("labels", ((Choices.Labels) columns.choices()).labels());
    settings.put("label", columns.answer());
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
