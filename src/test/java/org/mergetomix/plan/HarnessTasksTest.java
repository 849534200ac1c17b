package org.mergetomix.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.evaluation.HarnessQuestions;
import org.mergetomix.evaluation.TaskExample;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.evaluation.harness.HarnessContents;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Measure;

class HarnessTasksTest {

  private static final Measure ACC =
      new Measure("acc,none", "accuracy", Direction.HIGHER_IS_BETTER, Measure.Aggregate.MEAN);
  private static final Measure BITS =
      new Measure(
          "bits_per_byte,none", "bits per byte", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN);

  @TempDir private Path folder;

  @Test
  void drawsExamplesThatRankAndOthersThatConfirmByASeed() throws Exception {
    TaskPlan plan = plan("examples = 4, confirm = 2");

    List<Integer> ranking = documents(plan, TaskSplit.SEARCH);
    List<Integer> confirming = documents(plan, TaskSplit.CONFIRM);
    assertThat(ranking).hasSize(4).doesNotContainAnyElementsOf(confirming);
    assertThat(confirming).hasSize(2);
    assertThat(documents(plan("examples = 4, confirm = 2"), TaskSplit.SEARCH)).isEqualTo(ranking);
    assertThat(documents(plan("examples = 4, confirm = 2, seed = 1"), TaskSplit.SEARCH))
        .isNotEqualTo(ranking);
  }

  @Test
  void takesAllThatAreLeftWhereNoneAreCounted() throws Exception {
    assertThat(documents(plan("confirm = 3"), TaskSplit.SEARCH)).hasSize(5);
    TaskPlan all = plan("");
    assertThat(documents(all, TaskSplit.SEARCH)).hasSize(8);
    assertThat(all.questions(TaskSplit.CONFIRM)).isEmpty();
    assertThat(all.confirms()).isFalse();
  }

  @Test
  void weighsAnExampleAsLmEvalDoes() throws Exception {
    for (TaskExample example : plan("examples = 6").examples()) {
      double document = Double.parseDouble(example.columns().get("document"));
      assertThat(example.weight("acc,none")).isEqualTo(1);
      assertThat(example.weight("bits_per_byte,none")).isEqualTo(10 + document);
    }
  }

  @Test
  void isAnotherTaskWithOtherContentsOrOptionsButNotAtAnotherPlace() throws Exception {
    String identity = plan("examples = 4").identity();

    assertThat(plan("examples = 4, confirm = 2").identity()).isEqualTo(identity);
    assertThat(Stream.of("examples = 5", "examples = 4, seed = 2", "examples = 4, shots = 1"))
        .allSatisfy(changed -> assertThat(plan(changed).identity()).isNotEqualTo(identity));
  }

  @Test
  void isAnotherPlanWithOtherExamplesThatConfirm() throws Exception {
    assertThat(plan("examples = 4, confirm = 2")).doesNotHaveToString(plan("examples = 4") + "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"seed = 2", "shots = 1, seed = 2", "seed = 3"})
  void refusesToConfirmByWhatRanksInAnotherEntryOfTheTask(String more) throws Exception {
    String first = task("first", "acc,none", "examples = 4, confirm = 4");
    String second = task("second", "bits_per_byte,none", "examples = 4, " + more);
    assertThatThrownBy(() -> plans(first, second))
        .hasMessageContaining("Task first confirms by examples of lm-eval's some_task that rank")
        .hasMessageContaining("in task second");
  }

  @Test
  void takesSeveralMeasuresOfTheSameExamples() throws Exception {
    assertThat(
            plans(
                task("first", "acc,none", "examples = 4, confirm = 4"),
                task("second", "bits_per_byte,none", "examples = 4, confirm = 4")))
        .hasSize(2);
  }

  private List<TaskPlan> plans(String first, String second) throws Exception {
    return HarnessTasks.of(
        manifest(first, second), new TreeMap<>(Map.of("first", contents(), "second", contents())));
  }

  @Test
  void saysEverythingThatTasksDoNotHave() throws Exception {
    Manifest manifest =
        manifest(
            task("absent", "f2,none", "examples = 8"),
            task("together", "bleu,none", ""),
            task("many", "acc,none", "examples = 6, confirm = 3"),
            task("none-left", "acc,none", "confirm = 8"));

    UserException told =
        catchThrowableOfType(
            UserException.class,
            () ->
                HarnessTasks.of(
                    manifest,
                    new TreeMap<>(
                        Map.of(
                            "absent", contents(),
                            "together", contents(),
                            "many", contents(),
                            "none-left", contents()))));

    assertThat(told.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(told.problems())
        .extracting(Problem::what)
        .containsExactly(
            "Task absent, lm-eval's some_task, has no measure f2,none",
            "Task together, lm-eval's some_task, cannot be judged by bleu,none, which is of all"
                + " examples together (bleu)",
            "Task many, lm-eval's some_task, asks for 6 examples and 3 to confirm, but has 8",
            "Task none-left, lm-eval's some_task, asks for the other examples and 8 to confirm,"
                + " but has 8");
    assertThat(told.problems().get(0).remedy()).isEqualTo("It has acc,none, bits_per_byte,none");
  }

  private TaskPlan plan(String more) throws Exception {
    return HarnessTasks.of(
            manifest(task("quiz", "acc,none", more)), new TreeMap<>(Map.of("quiz", contents())))
        .get(0);
  }

  private static List<Integer> documents(TaskPlan plan, TaskSplit split) {
    return ((HarnessQuestions) plan.questions(split).orElseThrow()).documents();
  }

  private static String task(String id, String measure, String more) {
    return "{ id = %s, kind = lm-eval, task = some_task, measure = \"%s\" %s }"
        .formatted(id, measure, more.isEmpty() ? "" : ", " + more);
  }

  private Manifest manifest(String... tasks) throws Exception {
    Path file = folder.resolve("manifest.conf");
    Files.writeString(
        file,
        """
        base { checkpoint = base }
        datasets = [ { id = a, expert = a }, { id = b, expert = b } ]
        tasks = [ %s ]
        """
            .formatted(String.join("\n", tasks)));
    return Manifest.read(file);
  }

  private static HarnessContents contents() {
    return new HarnessContents(
        "lm_eval=1",
        "digest",
        8,
        List.of(ACC, BITS),
        new TreeMap<>(
            Map.of("bits_per_byte,none", new ExampleValues(10, 11, 12, 13, 14, 15, 16, 17))),
        new TreeMap<>(Map.of("bleu,none", "is of all examples together (bleu)")));
  }
}
