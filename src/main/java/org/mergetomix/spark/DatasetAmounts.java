package org.mergetomix.spark;

import java.io.Serializable;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.ExampleRows;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.plan.Attempt;
import org.mergetomix.plan.BaseModel;
import org.mergetomix.plan.DataInput;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** How much data each dataset has: a task a dataset. */
final class DatasetAmounts {

  private DatasetAmounts() {}

  /** The data of one dataset, and how its tokens are read: none to count examples, or one. */
  private record Counted(
      String id, Location data, RowColumns columns, List<BaseModel.Reading> reading)
      implements Serializable {

    long amount(InputAccess access) {
      try (InputFiles files = access.open()) {
        try {
          List<DataFile> fetched = DataInput.fetched(files, data);
          return reading.isEmpty()
              ? ExampleRows.read(fetched, columns).rows().size()
              : tokens(files, fetched, reading.get(0));
        } catch (UserException problems) {
          throw files.named(problems);
        }
      }
    }

    private long tokens(InputFiles files, List<DataFile> fetched, BaseModel.Reading how) {
      return new TextData(fetched, columns, how.tokenizer().withoutWeights(files), how.context())
          .training().windows().stream().mapToLong(TokenWindow::asked).sum();
    }
  }

  /**
   * The weights that {@code search.weights} asks for. Reads data only where they go by it.
   *
   * @throws UserException if a dataset has no data, or data that cannot be read
   */
  static SubsetWeights weights(SparkSession spark, Manifest manifest, Configuration configuration) {
    SubsetWeights.By by = configuration.search().weights();
    if (by == SubsetWeights.By.DATASET) {
      return SubsetWeights.EQUAL;
    }
    requireData(manifest, by);
    return new SubsetWeights(by, amounts(spark, manifest, configuration, by));
  }

  /**
   * How many examples each dataset has, by its id.
   *
   * @param manifest each of whose datasets has data
   * @throws UserException if that cannot be read
   */
  static SortedMap<String, Long> examples(
      SparkSession spark, Manifest manifest, Configuration configuration) {
    return amounts(spark, manifest, configuration, SubsetWeights.By.EXAMPLE);
  }

  private static SortedMap<String, Long> amounts(
      SparkSession spark, Manifest manifest, Configuration configuration, SubsetWeights.By by) {
    InputAccess access = InputAccess.of(spark, configuration);
    List<Counted> datasets;
    try (InputFiles files = access.open()) {
      UserException.inputIfAny(manifest.missingFiles(files, Purpose.FINE_TUNING));
      try {
        List<BaseModel.Reading> reading =
            by == SubsetWeights.By.EXAMPLE
                ? List.of()
                : List.of(
                    BaseModel.toEvaluate(files, manifest, configuration.evaluation().engine())
                        .reading());
        datasets =
            manifest.datasets().stream()
                .map(one -> new Counted(one.id(), one.data().orElseThrow(), one.columns(), reading))
                .toList();
      } catch (UserException problems) {
        throw files.named(problems);
      }
    }
    JavaSparkContext context = Session.context(spark);
    context.setJobGroup("amounts", "Count what each dataset has", false);
    try {
      List<Long> counts =
          Attempt.results(
              context
                  .parallelize(datasets, datasets.size())
                  .map(dataset -> Attempt.of(() -> dataset.amount(access)))
                  .collect());
      SortedMap<String, Long> amounts = new TreeMap<>();
      for (int i = 0; i < counts.size(); i++) {
        amounts.put(datasets.get(i).id(), counts.get(i));
      }
      return amounts;
    } finally {
      context.clearJobGroup();
    }
  }

  private static void requireData(Manifest manifest, SubsetWeights.By by) {
    UserException.usageIfAny(
        manifest.datasets().stream()
            .filter(dataset -> dataset.data().isEmpty())
            .map(
                dataset ->
                    new Problem(
                        "Dataset %s has no data, so that its %s cannot be counted"
                            .formatted(
                                dataset.id(),
                                by == SubsetWeights.By.EXAMPLE ? "examples" : "tokens"),
                        manifest.file().toString(),
                        "Give it the key data, or set search.weights to dataset"))
            .toList());
  }
}
