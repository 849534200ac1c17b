package org.mergetomix.config;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.hocon.Section;
import org.mergetomix.merge.Lines;
import org.mergetomix.merge.MergeSettings;
import org.mergetomix.merge.Method;
import org.mergetomix.merge.Parameter;
import org.mergetomix.merge.combine.Mode;

/** Reads how to merge; which keys and ranges there are, the methods say. */
final class MergeReader {

  private static final String AUTOMATIC = "Leave it out, or set it to " + MergeSettings.AUTO;

  private MergeReader() {}

  static MergeSettings settings(Section section) {
    Section lines = section.section("lines");
    Method method = section.choice("method", Method.class);
    Lines.Scaling layers = lines.choice("scaling", Lines.Scaling.class);
    SortedMap<Parameter, Double> numbers = new TreeMap<>();
    for (Parameter parameter : Parameter.values()) {
      Section group = parameter.ofLines() ? lines : section;
      String key = parameter.key().substring(parameter.ofLines() ? Parameter.LINES.length() : 0);
      Optional<Double> number = group.numberOr(key, MergeSettings.AUTO, parameter.range());
      if (number.isPresent() && !MergeSettings.heeds(method, layers, parameter)) {
        withoutEffect(group, key, when(method, parameter));
      } else {
        number.ifPresent(value -> numbers.put(parameter, value));
      }
    }
    return new MergeSettings(method, mode(section, method), layers, numbers);
  }

  private static Optional<Mode> mode(Section section, Method method) {
    Optional<Mode> mode = section.choiceOr("mode", MergeSettings.AUTO, Mode.class);
    if (mode.isPresent() && !method.hasModes()) {
      withoutEffect(section, "mode", "with merge.method = " + method.key());
      return Optional.empty();
    }
    return mode;
  }

  private static String when(Method method, Parameter parameter) {
    return parameter.ofLines()
        ? "while merge.lines.scaling = " + Lines.Scaling.NONE.key()
        : "with merge.method = " + method.key();
  }

  private static void withoutEffect(Section section, String key, String when) {
    section.problem(key, section.pathOf(key) + " has no effect " + when, AUTOMATIC);
  }
}
