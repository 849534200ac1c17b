package org.mergetomix.rank;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.mergetomix.config.Configuration;
import org.mergetomix.folder.Digests;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Objective;
import org.mergetomix.score.Subgroup;
import org.mergetomix.table.Evaluations;
import org.mergetomix.table.TasksTable;

/**
 * What a configuration wants a run's mixtures to be ranked by, once the run can answer it.
 *
 * @param terms the tasks that count
 * @param weights what their examples weigh, by task and measure: of those that count
 * @param subgroup the examples that count; empty for all
 * @param examples in words: {@code with file a.txt}; empty for all
 */
public record OtherObjective(
    List<Objective.Term> terms,
    SortedMap<String, SortedMap<String, ExampleValues>> weights,
    Optional<Subgroup> subgroup,
    String examples) {

  /**
   * The objective.
   *
   * @param usual what the run was ranked by
   * @throws UserException (usage) with every task and column that the run does not have
   */
  public static OtherObjective of(
      Configuration.Objective wanted, List<Objective.Term> usual, TasksTable tasks) {
    List<Problem> problems = new ArrayList<>();
    List<Objective.Term> terms = terms(wanted.tasks(), usual, problems);
    SortedMap<String, SortedSet<String>> values = values(wanted.examples(), problems);
    values.keySet().stream()
        .filter(column -> !tasks.columns().contains(column))
        .forEach(
            column ->
                problems.add(
                    new Problem(
                        "No example has a column " + column,
                        "objective.examples",
                        "There are " + String.join(", ", tasks.columns()))));
    UserException.usageIfAny(problems);
    if (values.isEmpty()) {
      return new OtherObjective(terms, tasks.weights(), Optional.empty(), "");
    }
    SortedMap<String, SortedSet<Integer>> places = tasks.places(values);
    for (Objective.Term term : terms) {
      if (!places.containsKey(term.task())) {
        problems.add(
            new Problem(
                "The task %s has no example %s".formatted(term.task(), text(values)),
                "objective.examples",
                "Leave the task out of objective.tasks, or ask for other values"));
      }
    }
    UserException.usageIfAny(problems);
    Subgroup subgroup = new Subgroup(places);
    return new OtherObjective(
        terms, restricted(tasks.weights(), subgroup), Optional.of(subgroup), text(values));
  }

  /**
   * The objective over scores of which nothing but mixtures and tasks are known.
   *
   * @param usual what they would be ranked by
   * @throws UserException (usage) with every task that is not there, or if it is over some examples
   */
  public static List<Objective.Term> overTasks(
      Configuration.Objective wanted, List<Objective.Term> usual) {
    List<Problem> problems = new ArrayList<>();
    List<Objective.Term> terms = terms(wanted.tasks(), usual, problems);
    if (!wanted.examples().isEmpty()) {
      problems.add(
          new Problem(
              "The examples of a table have no columns",
              "objective.examples",
              "Leave it out, or give the output of a run"));
    }
    UserException.usageIfAny(problems);
    return terms;
  }

  /** A name for it that another objective does not have. */
  public String id() {
    return Digests.sha256(
            terms.stream()
                .sorted(Comparator.comparing(Objective.Term::task))
                .map(term -> term.task() + " " + term.measure().name() + " " + term.weight())
                .collect(Collectors.joining("\n")),
            examples)
        .substring(0, 8);
  }

  /** The evaluations on the examples that count. */
  public Evaluations of(Evaluations evaluations) {
    return subgroup.map(evaluations::among).orElse(evaluations);
  }

  private static List<Objective.Term> terms(
      List<String> wanted, List<Objective.Term> usual, List<Problem> problems) {
    if (wanted.isEmpty()) {
      return usual;
    }
    SortedMap<String, Objective.Term> known = new TreeMap<>();
    usual.forEach(term -> known.put(term.task(), term));
    SortedMap<String, Objective.Term> terms = new TreeMap<>();
    for (String each : wanted) {
      int colon = each.lastIndexOf(':');
      String task = known.containsKey(each) || colon < 0 ? each : each.substring(0, colon);
      Objective.Term term = known.get(task);
      if (term == null) {
        problems.add(
            new Problem(
                "The run has no task " + task,
                "objective.tasks",
                "It has " + String.join(", ", known.keySet())));
        continue;
      }
      double weight =
          task.equals(each) ? term.weight() : weight(each.substring(colon + 1), each, problems);
      if (terms.put(task, new Objective.Term(task, term.measure(), weight, term.scale())) != null) {
        problems.add(
            new Problem("The task " + task + " is named twice", "objective.tasks", "Name it once"));
      }
    }
    return List.copyOf(terms.values());
  }

  private static double weight(String text, String entry, List<Problem> problems) {
    try {
      double weight = Double.parseDouble(text);
      if (weight > 0 && !Double.isInfinite(weight)) {
        return weight;
      }
    } catch (NumberFormatException none) {
      // Told below, as one that is not positive.
    }
    problems.add(
        new Problem(
            "The weight '" + text + "' in " + entry + " is not a positive number",
            "objective.tasks",
            "Write a task as news:2"));
    return 1;
  }

  private static SortedMap<String, SortedSet<String>> values(
      List<String> wanted, List<Problem> problems) {
    SortedMap<String, SortedSet<String>> values = new TreeMap<>();
    for (String each : wanted) {
      int equals = each.indexOf('=');
      if (equals <= 0) {
        problems.add(
            new Problem(
                "'" + each + "' is no column with a value",
                "objective.examples",
                "Write it as file=law.txt"));
      } else {
        values
            .computeIfAbsent(each.substring(0, equals), column -> new TreeSet<>())
            .add(each.substring(equals + 1));
      }
    }
    return values;
  }

  private static String text(Map<String, SortedSet<String>> values) {
    return values.entrySet().stream()
        .map(each -> "with " + each.getKey() + " " + String.join(" or ", each.getValue()))
        .collect(Collectors.joining(" and "));
  }

  private static SortedMap<String, SortedMap<String, ExampleValues>> restricted(
      SortedMap<String, SortedMap<String, ExampleValues>> all, Subgroup subgroup) {
    SortedMap<String, SortedMap<String, ExampleValues>> restricted = new TreeMap<>();
    all.forEach(
        (task, measures) -> {
          SortedMap<String, ExampleValues> some = new TreeMap<>();
          measures.forEach(
              (measure, weights) ->
                  some.put(
                      measure, subgroup.values(task, ExampleRange.all(weights.size()), weights)));
          restricted.put(task, some);
        });
    return restricted;
  }
}
