package org.mergetomix.plan;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;

/**
 * What the inputs of a run hash to. Each is read by a task of its own; a remote one is in the cache
 * of the task's host from then on.
 */
public final class InputDigests {

  private final SparkSession spark;
  private final InputAccess access;
  private final SortedMap<Location, String> promised = new TreeMap<>();

  /** Nothing to read yet. */
  public InputDigests(SparkSession spark, InputAccess access) {
    this.spark = spark;
    this.access = access;
  }

  /** A file or a checkpoint's folder, and what the manifest says it hashes to. */
  public InputDigests add(Location location, Optional<String> sha256) {
    promised.merge(location, sha256.orElse(""), (one, other) -> one.isEmpty() ? other : one);
    return this;
  }

  /** The files of a dataset or task. */
  public InputDigests addData(InputFiles files, Location data) {
    files.dataFiles(data).forEach(file -> add(file, Optional.empty()));
    return this;
  }

  /**
   * Reads them all.
   *
   * @throws UserException if any cannot be read or has other bytes than the manifest says, with all
   *     problems
   */
  public SortedMap<Location, FileInput> read() {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    InputAccess reading = access;
    List<Location> locations = List.copyOf(promised.keySet());
    SortedMap<Location, String> expected = new TreeMap<>(promised);
    context.setJobGroup("inputs", "Read %s inputs".formatted(locations.size()), false);
    List<String> digests;
    try {
      digests =
          Attempt.results(
              context
                  .parallelize(locations, Math.max(1, locations.size()))
                  .map(
                      location ->
                          Attempt.of(() -> digest(reading, location, expected.get(location))))
                  .collect());
    } finally {
      context.clearJobGroup();
    }
    SortedMap<Location, FileInput> inputs = new TreeMap<>();
    for (int i = 0; i < digests.size(); i++) {
      Location location = locations.get(i);
      inputs.put(location, new FileInput(location, promised.get(location), digests.get(i)));
    }
    return inputs;
  }

  private static String digest(InputAccess access, Location location, String promised) {
    try (InputFiles files = access.open()) {
      try {
        String digest = files.digest(location, promised);
        requirePromised(location, digest, promised);
        return digest;
      } catch (UserException refusal) {
        throw files.named(refusal);
      }
    }
  }

  private static void requirePromised(Location location, String digest, String promised) {
    if (!promised.isEmpty() && !promised.equals(digest)) {
      throw UserException.input(
          "The checkpoint's sha256 is %s, but the manifest gives %s".formatted(digest, promised),
          location.text(),
          "Fetch it again, or correct sha256");
    }
  }
}
