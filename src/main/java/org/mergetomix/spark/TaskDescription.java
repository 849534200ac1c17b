package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.evaluation.TaskExample;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.plan.TaskPlan;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Measure;
import org.mergetomix.table.TasksTable;

/** What the tasks of a run ask, written once a run into its tasks table. */
final class TaskDescription {

  private TaskDescription() {}

  /**
   * What the examples of each task weigh in each measure; the table is written if it is not there.
   */
  static SortedMap<String, SortedMap<String, ExampleValues>> weights(
      JavaSparkContext context, RunPlan plan, TasksTable table) {
    if (!table.exists()) {
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
    try (InputFiles files = access.open()) {
      TaskPlan here = task.fetched(files);
      List<TaskExample> examples = here.examples();
      List<TasksTable.ExampleRow> rows = new ArrayList<>();
      for (Measure measure : here.measures()) {
        for (TaskExample example : examples) {
          rows.add(
              new TasksTable.ExampleRow(
                  task.id(),
                  measure.name(),
                  example.place(),
                  example.weight(measure.name()),
                  example.columns()));
        }
      }
      return rows;
    }
  }
}
