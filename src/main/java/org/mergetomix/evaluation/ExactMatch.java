package org.mergetomix.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.mergetomix.data.AnswerColumns;
import org.mergetomix.data.DataCheck;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.DataRows;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.OpenQuestion;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.answer.AnswerFilter;
import org.mergetomix.evaluation.answer.Normalisation;
import org.mergetomix.evaluation.answer.TextEnding;
import org.mergetomix.evaluation.prompt.Prompting;
import org.mergetomix.evaluation.prompt.Turn;
import org.mergetomix.pattern.BoundedPattern;
import org.mergetomix.pattern.PythonPattern;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Measure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a model writes the right answer, as lm-eval's {@code generate_until} with {@code
 * exact_match} has it: it goes on with a prompt, always with the likeliest token, up to a stop
 * text, a token that ends a text, or so many tokens.
 *
 * @param columns where the questions are in rows
 * @param prompting how they are put before the model
 * @param ending where an answer ends
 * @param filter what of a text is the answer; none, for all of it, or one
 * @param normalisation what does not count
 */
public record ExactMatch(
    AnswerColumns columns,
    Prompting prompting,
    TextEnding ending,
    List<AnswerFilter> filter,
    Normalisation normalisation)
    implements TaskKind {

  public ExactMatch {
    filter = List.copyOf(filter);
  }

  private static final Logger LOGGER = LoggerFactory.getLogger(ExactMatch.class);

  /** What a manifest calls it. */
  public static final String NAME = "exact-match";

  /** Part of every evaluation's key: raised whenever scores, examples or their order change. */
  public static final String VERSION = "exact-match/1";

  /** Whether the answer is right. */
  public static final Measure EXACT_MATCH = share("exact_match", "accuracy");

  /** Whether the filter found an answer. */
  public static final Measure ANSWERED = share("answered", "share of answers");

  private static Measure share(String name, String unit) {
    return new Measure(name, unit, Direction.HIGHER_IS_BETTER, Measure.Aggregate.MEAN);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public SortedMap<String, Object> settings() {
    SortedMap<String, Object> settings = prompting.settings();
    settings.put("prompt", columns.prompt().text());
    settings.put("answer", columns.answer());
    settings.put("stop", ending.stop());
    settings.put("max-tokens", ending.most());
    filter.forEach(
        given -> {
          settings.put("filter", given.pattern().text());
          settings.put("take", given.take());
        });
    settings.put("ignore", normalisation.ignored());
    settings.put(
        "ignore-patterns", normalisation.patterns().stream().map(PythonPattern::text).toList());
    return settings;
  }

  @Override
  public String version() {
    return VERSION + " " + settings();
  }

  @Override
  public List<Measure> measures() {
    return filter.isEmpty() ? List.of(EXACT_MATCH) : List.of(EXACT_MATCH, ANSWERED);
  }

  @Override
  public OptionalInt written() {
    return OptionalInt.of(ending.most());
  }

  @Override
  public DataCheck check(List<DataFile> files, RowColumns unused) {
    return check(files, List.of(), unused);
  }

  @Override
  public DataCheck check(List<DataFile> files, List<DataFile> shots, RowColumns unused) {
    DataRows<OpenQuestion> read = read(files);
    return new PromptedRows<>(read.rows(), ExactMatch::turn, shots(shots))
        .check(read.counts(), files, prompting);
  }

  private List<Placed<OpenQuestion>> shots(List<DataFile> shots) {
    return shots.isEmpty() ? List.of() : read(shots).rows();
  }

  @Override
  public List<TaskExample> examples(TaskData data) {
    return TaskExample.ofRows(ExampleOrder.of(rows(data), data.digest()), measures(), data);
  }

  @Override
  public WritingQuestions questions(TaskData data) {
    List<PromptedRows.Row<OpenQuestion>> rows = prompted(data);
    int room = data.text().context() - ending.most();
    List<int[]> prompts = new ArrayList<>();
    int cut = 0;
    try (Tokenizer tokenizer = data.text().tokenizer().open()) {
      for (PromptedRows.Row<OpenQuestion> row : rows) {
        String text = tokenizer.prompt(row.row(), row.prompt(), prompting.layout());
        int[] tokens = tokenizer.begun(text);
        cut += tokens.length > room ? 1 : 0;
        prompts.add(Arrays.copyOfRange(tokens, Math.max(0, tokens.length - room), tokens.length));
      }
    }
    if (cut > 0) {
      LOGGER.warn(
          "{} of {} prompts are longer than {} tokens, which leaves {} to be written: they lost"
              + " their beginning",
          cut,
          rows.size(),
          room,
          ending.most());
    }
    List<Placed<OpenQuestion>> placed = rows.stream().map(PromptedRows.Row::row).toList();
    return new WritingQuestions(
        new AnswerScoring(
            placed.stream().map(Placed::meaning).toList(),
            filter.stream().map(AnswerFilter::ready).findFirst(),
            normalisation.ready()),
        TaskExample.ofRows(placed, measures(), data),
        prompts,
        ending,
        data.text().tokenizer());
  }

  @Override
  public void requireShots(TaskData data) {
    prompted(data);
  }

  private List<PromptedRows.Row<OpenQuestion>> prompted(TaskData data) {
    return new PromptedRows<>(rows(data), ExactMatch::turn, shots(data.shots()))
        .inOrder(data, prompting);
  }

  private List<Placed<OpenQuestion>> rows(TaskData data) {
    return data.rows(read(data.text().files()).rows());
  }

  private static Turn turn(OpenQuestion question) {
    return new Turn(question.prompt(), " ", question.answers().get(0));
  }

  private DataRows<OpenQuestion> read(List<DataFile> files) {
    DataRows<OpenQuestion> read = columns.read(files);
    Normalisation.Ready ready = normalisation.ready();
    read.rows().forEach(row -> requireSomethingLeft(row, ready));
    return read;
  }

  private static void requireSomethingLeft(Placed<OpenQuestion> row, Normalisation.Ready ready) {
    try {
      if (row.meaning().answers().stream().noneMatch(answer -> ready.of(answer).isEmpty())) {
        return;
      }
    } catch (BoundedPattern.TooLong endless) {
      throw row.refused(
          "A pattern that is ignored does not come to an end on an answer",
          "Write it without nested repetitions, and [ab] in place of (a|b)");
    }
    throw row.refused("Nothing is left of an answer without what the task ignores", "Ignore less");
  }
}
