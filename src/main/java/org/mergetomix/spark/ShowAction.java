package org.mergetomix.spark;

import java.util.List;
import java.util.SortedMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.TrainingSample;
import org.mergetomix.executor.NativeThreads;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.plan.Attempt;
import org.mergetomix.plan.BaseModel;
import org.mergetomix.plan.FileInput;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.InputDigests;
import org.mergetomix.plan.TextInput;
import org.mergetomix.problem.UserException;

/** Shows what a model would be trained on: rows of a dataset, rendered and in tokens. */
public final class ShowAction {

  private final SparkSession spark;
  private final Manifest manifest;
  private final Configuration configuration;

  /** A look at these inputs. */
  public ShowAction(SparkSession spark, Manifest manifest, Configuration configuration) {
    this.spark = spark;
    this.manifest = manifest;
    this.configuration = configuration;
  }

  /**
   * Reads a dataset whole, and makes tokens of its first rows, as a Spark task.
   *
   * @param dataset its id
   * @param rows how many, 1 or more
   * @throws UserException if there is no such dataset, or it or the base's tokenizer cannot be read
   */
  public TrainingSample run(String dataset, int rows) {
    Manifest.DatasetEntry entry =
        manifest.datasets().stream()
            .filter(one -> one.id().equals(dataset))
            .findFirst()
            .orElseThrow(
                () ->
                    UserException.usage(
                        "There is no dataset " + dataset,
                        manifest.file().text(),
                        "There are " + String.join(", ", manifest.datasetIds())));
    Location data =
        entry
            .data()
            .orElseThrow(
                () ->
                    UserException.usage(
                        "Dataset " + dataset + " has no data",
                        manifest.file().text(),
                        "Give it the key data"));
    InputAccess access = InputAccess.of(spark, configuration);
    TextInput text = text(access, data, entry);
    JavaSparkContext context = Session.context(spark);
    context.setJobGroup("show", "Read rows of a dataset", false);
    try {
      return Attempt.results(
              context
                  .parallelize(List.of(text), 1)
                  .map(input -> Attempt.of(() -> sample(access, input, rows)))
                  .collect())
          .get(0);
    } finally {
      context.clearJobGroup();
    }
  }

  private TextInput text(InputAccess access, Location data, Manifest.DatasetEntry entry) {
    try (InputFiles files = access.open()) {
      UserException.inputIfAny(
          files.dataProblems(
              "The data of dataset " + entry.id(), data, "Correct its path in " + manifest.file()));
      SortedMap<Location, FileInput> inputs =
          new InputDigests(spark, access).addData(files, data).read();
      return BaseModel.toRun(files, manifest).reading().text(files, data, entry.columns(), inputs);
    }
  }

  private static TrainingSample sample(InputAccess access, TextInput input, int rows) {
    return NativeThreads.call(
        () -> {
          try (InputFiles files = access.open()) {
            try {
              return input.fetched(files).text().sample(rows);
            } catch (UserException problems) {
              throw files.named(problems);
            }
          }
        });
  }
}
