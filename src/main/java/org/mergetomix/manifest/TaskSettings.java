package org.mergetomix.manifest;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mergetomix.data.AnswerColumns;
import org.mergetomix.data.ChoiceColumns;
import org.mergetomix.data.Choices;
import org.mergetomix.data.RowColumns;
import org.mergetomix.data.TextTemplate;
import org.mergetomix.evaluation.Classification;
import org.mergetomix.evaluation.ExactMatch;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.MultipleChoice;
import org.mergetomix.evaluation.TaskKind;
import org.mergetomix.evaluation.answer.AnswerFilter;
import org.mergetomix.evaluation.answer.Normalisation;
import org.mergetomix.evaluation.answer.TextEnding;
import org.mergetomix.evaluation.prompt.Prompting;
import org.mergetomix.evaluation.prompt.Shots;
import org.mergetomix.hocon.Section;
import org.mergetomix.pattern.PythonPattern;
import org.mergetomix.problem.Range;
import org.mergetomix.score.Measure;

/**
 * What a manifest says of how a task on texts scores. A kind of task is listed here.
 *
 * @param kind the kind, with its settings
 * @param measure which of its measures ranks
 * @param columns what the columns of its rows are called
 */
record TaskSettings(TaskKind kind, Measure measure, RowColumns columns) {

  /** The key that names what worked examples are taken from. */
  static final String SHOTS_DATA = "shots-data";

  private enum Kind {
    LANGUAGE_MODELLING,
    MULTIPLE_CHOICE,
    EXACT_MATCH,
    CLASSIFICATION,
    LM_EVAL
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if it is one of lm-eval, which {@link HarnessSettings} reads
   */
  static TaskSettings read(Section section) {
    return switch (section.choice("kind", Kind.class)) {
      case LANGUAGE_MODELLING ->
          of(section, LanguageModelling.KIND, ManifestReader.columns(section));
      case MULTIPLE_CHOICE ->
          of(section, new MultipleChoice(choices(section), prompting(section)), RowColumns.UNSAID);
      case EXACT_MATCH -> of(section, exactMatch(section), RowColumns.UNSAID);
      case CLASSIFICATION ->
          of(section, new Classification(labels(section), prompting(section)), RowColumns.UNSAID);
      case LM_EVAL -> throw new IllegalArgumentException("It is on no texts");
    };
  }

  /** Whether there are worked examples. */
  boolean hasShots() {
    return kind.settings().containsKey("shots");
  }

  private static Prompting prompting(Section section) {
    Shots none = Shots.NONE;
    return new Prompting(
        section.choice("layout", Prompting.Layout.class, Prompting.UNSAID.layout()),
        new Shots(
            section.optionalInteger("shots", Range.atLeast(0)).orElse(none.count()),
            section.choice("shots-taken", Shots.Taken.class, none.taken()),
            section.optionalInteger("shots-seed", Range.atLeast(0)).orElse(none.seed())));
  }

  private static ChoiceColumns labels(Section section) {
    List<String> labels = section.texts("labels");
    if (labels.size() < 2 || Set.copyOf(labels).size() < labels.size()) {
      section.problem(
          "labels", section.pathOf("labels") + " must be two texts or more, each once", "");
    }
    return new ChoiceColumns(
        template(section, "context", new TextTemplate("{text}")),
        new Choices.Labels(labels),
        section.optionalText("label").orElse("label"),
        delimiter(section));
  }

  private static String delimiter(Section section) {
    return section.has("delimiter")
        ? section.textOrEmpty("delimiter")
        : ChoiceColumns.UNSAID.delimiter();
  }

  private static ExactMatch exactMatch(Section section) {
    AnswerColumns unsaid = AnswerColumns.UNSAID;
    AnswerFilter.Take take =
        section.choice("take", AnswerFilter.Take.class, AnswerFilter.Take.FIRST);
    return new ExactMatch(
        new AnswerColumns(
            template(section, "prompt", unsaid.prompt()),
            section.optionalText("answer").orElse(unsaid.answer())),
        prompting(section),
        new TextEnding(
            section.has("stop") ? section.texts("stop") : TextEnding.UNSAID.stop(),
            section
                .optionalInteger("max-tokens", Range.atLeast(1))
                .orElse(TextEnding.UNSAID.most())),
        section
            .optionalText("filter")
            .flatMap(text -> pattern(section, "filter", text))
            .map(pattern -> new AnswerFilter(pattern, take))
            .stream()
            .toList(),
        new Normalisation(
            section.choices("ignore", Normalisation.Ignored.class),
            section.texts("ignore-patterns").stream()
                .flatMap(text -> pattern(section, "ignore-patterns", text).stream())
                .toList()));
  }

  private static Optional<PythonPattern> pattern(Section section, String key, String text) {
    try {
      return Optional.of(new PythonPattern(text));
    } catch (IllegalArgumentException malformed) {
      section.problem(
          key, "%s \"%s\" %s".formatted(section.pathOf(key), text, malformed.getMessage()), "");
      return Optional.empty();
    }
  }

  private static ChoiceColumns choices(Section section) {
    ChoiceColumns unsaid = ChoiceColumns.UNSAID;
    return new ChoiceColumns(
        template(section, "context", unsaid.context()),
        section
            .optionalText("choices")
            .<Choices>map(Choices.OfColumn::new)
            .orElse(unsaid.choices()),
        section.optionalText("answer").orElse(unsaid.answer()),
        delimiter(section));
  }

  private static TextTemplate template(Section section, String key, TextTemplate unsaid) {
    try {
      return section.optionalText(key).map(TextTemplate::new).orElse(unsaid);
    } catch (IllegalArgumentException malformed) {
      section.problem(key, section.pathOf(key) + " " + malformed.getMessage(), "");
      return unsaid;
    }
  }

  private static TaskSettings of(Section section, TaskKind kind, RowColumns columns) {
    List<Measure> measures = kind.measures();
    if (section.optionalText("measure").isEmpty()) {
      return new TaskSettings(kind, measures.get(0), columns);
    }
    String name = section.choice("measure", measures.stream().map(Measure::name).toList());
    return measures.stream()
        .filter(measure -> measure.name().equals(name))
        .map(measure -> new TaskSettings(kind, measure, columns))
        .findFirst()
        .orElseThrow();
  }
}
