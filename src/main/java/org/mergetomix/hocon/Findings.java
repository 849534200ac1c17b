package org.mergetomix.hocon;

import com.typesafe.config.ConfigOrigin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.mergetomix.problem.Problem;

/**
 * The problems found while reading one or more sources, told in the order in which a reader of
 * those sources would meet them. Not thread-safe.
 */
public final class Findings {

  private static final Comparator<Finding> READING_ORDER =
      Comparator.comparingInt(Finding::source).thenComparingInt(Finding::line);

  private final List<String> sources = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  private record Finding(int source, int line, Problem problem) {}

  /** Gives a source its place in the order: after those announced before. */
  public void announce(String source) {
    sources.add(source);
  }

  /** A problem at a known place. */
  public void add(String what, ConfigOrigin origin, String remedy) {
    add(what, List.of(origin), remedy);
  }

  /** A problem between several places; it is told where the last of them stands. */
  public void add(String what, List<ConfigOrigin> origins, String remedy) {
    List<String> places = origins.stream().map(Findings::place).toList();
    ConfigOrigin last = origins.get(origins.size() - 1);
    Problem problem = new Problem(what, String.join(", ", places), remedy);
    findings.add(new Finding(sources.lastIndexOf(source(last)), last.lineNumber(), problem));
  }

  /** A problem of a source as a whole. */
  public void add(String what, String source, String remedy) {
    findings.add(new Finding(sources.lastIndexOf(source), -1, new Problem(what, source, remedy)));
  }

  /** Whether nothing was found. */
  public boolean isEmpty() {
    return findings.isEmpty();
  }

  /** Everything found, by source and line. */
  public List<Problem> problems() {
    return findings.stream().sorted(READING_ORDER).map(Finding::problem).toList();
  }

  private static String place(ConfigOrigin origin) {
    String source = source(origin);
    return origin.lineNumber() < 0 ? source : source + ":" + origin.lineNumber();
  }

  /** The origin's description as it was given, which the library would show with its line. */
  private static String source(ConfigOrigin origin) {
    return origin.withLineNumber(-1).description();
  }
}
