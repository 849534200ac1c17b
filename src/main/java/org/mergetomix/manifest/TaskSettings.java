package org.mergetomix.manifest;

import java.util.List;
import org.mergetomix.data.ChoiceColumns;
import org.mergetomix.data.RowColumns;
import org.mergetomix.data.TextTemplate;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.MultipleChoice;
import org.mergetomix.evaluation.TaskKind;
import org.mergetomix.hocon.Section;
import org.mergetomix.score.Measure;

/**
 * What a manifest says of how a task scores. A kind of task is listed here.
 *
 * @param kind the kind, with its settings
 * @param measure which of its measures ranks
 * @param columns what the columns of its rows are called
 */
record TaskSettings(TaskKind kind, Measure measure, RowColumns columns) {

  private enum Kind {
    LANGUAGE_MODELLING,
    MULTIPLE_CHOICE
  }

  static TaskSettings read(Section section) {
    return switch (section.choice("kind", Kind.class)) {
      case LANGUAGE_MODELLING ->
          of(section, LanguageModelling.KIND, ManifestReader.columns(section));
      case MULTIPLE_CHOICE -> of(section, new MultipleChoice(choices(section)), RowColumns.UNSAID);
    };
  }

  private static ChoiceColumns choices(Section section) {
    ChoiceColumns unsaid = ChoiceColumns.UNSAID;
    return new ChoiceColumns(
        template(section, unsaid.context()),
        section.optionalText("choices").orElse(unsaid.choices()),
        section.optionalText("answer").orElse(unsaid.answer()),
        section.has("delimiter") ? section.textOrEmpty("delimiter") : unsaid.delimiter());
  }

  private static TextTemplate template(Section section, TextTemplate unsaid) {
    try {
      return section.optionalText("context").map(TextTemplate::new).orElse(unsaid);
    } catch (IllegalArgumentException malformed) {
      section.problem("context", section.pathOf("context") + " " + malformed.getMessage(), "");
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
