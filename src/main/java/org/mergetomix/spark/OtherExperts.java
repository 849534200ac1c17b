package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.TakenExpert;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.location.Location;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;

/**
 * The experts of other runs: one that was trained from the same base, data and settings is taken
 * over, and need not be trained again.
 */
final class OtherExperts {

  private final SortedMap<Location, RunRecord> runs;
  private final List<Problem> differences = new ArrayList<>();

  private OtherExperts(SortedMap<Location, RunRecord> runs) {
    this.runs = runs;
  }

  /**
   * Those of the runs that {@code search.reuse} names.
   *
   * @throws UserException (input) if one is not there
   */
  static OtherExperts of(SparkSession spark, Configuration configuration) {
    SortedMap<Location, RunRecord> runs = new TreeMap<>();
    for (Location location : configuration.reuse()) {
      runs.put(
          location,
          new RunDirectory(location, spark.sparkContext().hadoopConfiguration())
              .require(
                  "There is no run whose experts could be taken over", "Correct search.reuse"));
    }
    return new OtherExperts(runs);
  }

  /**
   * The expert of a run that is what a job would train; experts of its dataset that are not, are
   * remembered with what differs.
   */
  Optional<TakenExpert> find(TrainingJob job, InputFiles files) {
    List<Problem> different = new ArrayList<>();
    for (Map.Entry<Location, RunRecord> run : runs.entrySet()) {
      for (RunRecord.RunInput input : run.getValue().run().inputs()) {
        if (input.kind().equals("expert") && input.id().equals(job.mixture().id())) {
          Location expert = Location.of(input.location());
          try {
            Map<String, String> metadata = PresentModel.metadata(expert, files);
            if (job.digest().equals(metadata.get(TrainingJob.RECIPE))) {
              return Optional.of(new TakenExpert(job, expert));
            }
            List<String> reasons =
                files.exists(expert) ? reasons(job, metadata) : List.of("it is not there any more");
            different.add(difference(job, run.getKey(), expert, reasons));
          } catch (UserException broken) {
            different.add(
                difference(
                    job, run.getKey(), expert, List.of("it is broken: " + broken.getMessage())));
          }
        }
      }
    }
    differences.addAll(different);
    return Optional.empty();
  }

  /** Why experts of the same datasets were not taken over. */
  List<Problem> differences() {
    return List.copyOf(differences);
  }

  private static Problem difference(
      TrainingJob job, Location run, Location expert, List<String> reasons) {
    return new Problem(
        "The expert of %s in %s is not taken over: %s"
            .formatted(job.mixture(), run, String.join("; ", reasons)),
        expert.text(),
        "Leave the run out of search.reuse, or train as it did");
  }

  private static List<String> reasons(TrainingJob job, Map<String, String> there) {
    if (!there.containsKey(TrainingJob.RECIPE)) {
      return List.of("it was not fine-tuned by this program");
    }
    Map<String, String> here = job.metadata();
    TreeSet<String> names = new TreeSet<>(here.keySet());
    there.keySet().stream().filter(name -> name.startsWith(TrainingJob.PART)).forEach(names::add);
    names.remove(TrainingJob.RECIPE);
    if (there.keySet().stream().noneMatch(name -> name.startsWith(TrainingJob.PART))) {
      return List.of("it was fine-tuned from something else, and does not say from what");
    }
    return names.stream()
        .filter(name -> !here.getOrDefault(name, "").equals(there.getOrDefault(name, "")))
        .map(
            name ->
                "%s is %s there and %s here"
                    .formatted(
                        name.substring(TrainingJob.PART.length()),
                        there.getOrDefault(name, "nothing"),
                        here.getOrDefault(name, "nothing")))
        .toList();
  }
}
