package org.mergetomix.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.checkpoint.cache.InputFiles;
import org.mergetomix.location.Location;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * What the inputs of a run hash to. Each is read by a task of its own; a remote one is in the cache
 * of the task's host from then on.
 */
final class InputDigests {

  private final SparkSession spark;
  private final InputAccess access;
  private final SortedMap<Location, String> promised = new TreeMap<>();

  InputDigests(SparkSession spark, InputAccess access) {
    this.spark = spark;
    this.access = access;
  }

  /** A file or a checkpoint's folder, and what the manifest says it hashes to. */
  InputDigests add(Location location, Optional<String> sha256) {
    promised.merge(location, sha256.orElse(""), (one, other) -> one.isEmpty() ? other : one);
    return this;
  }

  /** What a task found out about one input; problems, or else a digest. */
  private record Found(Location location, String digest, List<Problem> problems)
      implements Serializable {}

  /**
   * Reads them all.
   *
   * @throws UserException if any cannot be read or has other bytes than the manifest says, with all
   *     problems
   */
  SortedMap<Location, FileInput> read() {
    JavaSparkContext context = Session.context(spark);
    InputAccess reading = access;
    List<Location> locations = List.copyOf(promised.keySet());
    SortedMap<Location, String> expected = new TreeMap<>(promised);
    context.setJobGroup("inputs", "Read %d inputs".formatted(locations.size()), false);
    List<Found> found;
    try {
      found =
          context
              .parallelize(locations, Math.max(1, locations.size()))
              .map(location -> find(reading, location, expected.get(location)))
              .collect();
    } finally {
      context.clearJobGroup();
    }
    List<Problem> problems = new ArrayList<>();
    SortedMap<Location, FileInput> inputs = new TreeMap<>();
    for (Found input : found) {
      problems.addAll(input.problems());
      inputs.put(
          input.location(),
          new FileInput(input.location(), promised.get(input.location()), input.digest()));
    }
    if (!problems.isEmpty()) {
      throw UserException.input(problems);
    }
    return inputs;
  }

  private static Found find(InputAccess access, Location location, String promised) {
    try (InputFiles files = access.open()) {
      try {
        String digest = files.digest(location, promised);
        return new Found(location, digest, differs(location, digest, promised));
      } catch (UserException unreadable) {
        return new Found(location, "", files.named(unreadable).problems());
      }
    }
  }

  private static List<Problem> differs(Location location, String digest, String promised) {
    return promised.isEmpty() || promised.equals(digest)
        ? List.of()
        : List.of(
            new Problem(
                "The checkpoint's sha256 is %s, but the manifest gives %s"
                    .formatted(digest, promised),
                location.text(),
                "Fetch it again, or correct sha256"));
  }
}
