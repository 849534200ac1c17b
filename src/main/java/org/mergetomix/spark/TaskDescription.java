package org.mergetomix.spark;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.evaluation.TextExamples;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.plan.TaskPlan;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.table.TasksTable;

/** What the tasks of a run ask, written once a run into its tasks table. */
final class TaskDescription {

  private TaskDescription() {}

  /**
   * What the examples of each task weigh in each measure; the table is written if it is not there.
   */
  static SortedMap<String, SortedMap<String, ExampleValues>> weights(
      JavaSparkContext context, RunPlan plan, TasksTable table) {
    if (!table.isThere()) {
      context.setJobGroup("tasks", "Read the examples of the tasks", false);
      InputAccess access = plan.access();
      List<TaskPlan> tasks = plan.tasks();
      table.write(
          context
              .parallelize(tasks, tasks.size())
              .flatMap(task -> examples(access, task).iterator())
              .collect());
    }
    return table.weights();
  }

  private static List<TasksTable.ExampleRow> examples(InputAccess access, TaskPlan task) {
    List<TasksTable.ExampleRow> rows = new ArrayList<>();
    try (InputFiles files = access.open()) {
      List<String> texts = TextExamples.read(task.fetched(files).text().text().file());
      for (int i = 0; i < texts.size(); i++) {
        rows.add(
            new TasksTable.ExampleRow(
                task.id(),
                task.measure().name(),
                i,
                texts.get(i).getBytes(StandardCharsets.UTF_8).length,
                new TreeMap<>()));
      }
    }
    return rows;
  }
}
