package org.mergetomix.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.Holdout;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.TaskExample;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

/** A share of a task's data that judges the winner, in the plan of a run. */
@ExtendWith(SparkSessionExtension.class)
class HeldOutTaskTest {

  @TempDir private Path folder;

  @Test
  void hasOtherExamplesToConfirmThanToSearch(SparkSession spark) {
    SmallRun run = SmallRun.of(folder);
    run.writeText("task", List.of("one", "two", "three", "four", "five", "six", "seven"));
    RunPlan plan = plan(spark, run, Optional.of(new Holdout(0.4, 1)));
    try (InputFiles files = plan.access().open()) {
      TaskPlan task = plan.fetched(files).task("task");

      assertThat(lines(task, TaskSplit.CONFIRM)).hasSize(3);
      assertThat(lines(task, TaskSplit.SEARCH))
          .hasSize(4)
          .doesNotContainAnyElementsOf(lines(task, TaskSplit.CONFIRM));
    }
    assertThat(plan.confirmObjective(new TreeMap<>())).isPresent();
    Mixture mixture = Mixture.parse("a+b");
    String key = plan.key(mixture, plan.task("task"));
    for (Optional<Holdout> other :
        List.of(
            Optional.<Holdout>empty(),
            Optional.of(new Holdout(0.4, 2)),
            Optional.of(new Holdout(0.5, 1)))) {
      RunPlan another = plan(spark, run, other);
      assertThat(another.key(mixture, another.task("task"))).isNotEqualTo(key);
    }
  }

  private static List<String> lines(TaskPlan task, TaskSplit split) {
    return task.questions(split).orElseThrow().examples().stream()
        .map(TaskExample::columns)
        .map(columns -> columns.get("line"))
        .toList();
  }

  private static RunPlan plan(SparkSession spark, SmallRun run, Optional<Holdout> holdout) {
    Manifest manifest = run.manifest();
    Manifest.TaskEntry task = manifest.tasks().get(0);
    return RunPlan.of(
        spark,
        new Manifest(
            manifest.file(),
            manifest.base(),
            manifest.datasets(),
            List.of(
                new Manifest.TaskEntry(
                    task.id(),
                    LanguageModelling.KIND,
                    task.measure(),
                    task.data(),
                    RowColumns.UNSAID,
                    Optional.empty(),
                    holdout,
                    Optional.empty(),
                    1,
                    OptionalDouble.empty()))),
        run.configuration());
  }
}
