package org.mergetomix.plan;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.location.Location;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
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

  /** What a task found out about one input; problems, or else a digest. */
  private record Found(Location location, String digest, ExitCode exitCode, List<Problem> problems)
      implements Serializable {

    static Found of(Location location, String digest) {
      return new Found(location, digest, ExitCode.DONE, List.of());
    }

    /** Without its cause, which may hold anything that a store threw. */
    static Found refused(Location location, UserException refusal) {
      return new Found(location, "", refusal.exitCode(), refusal.problems());
    }

    Optional<UserException> refusal() {
      return switch (exitCode) {
        case DONE -> Optional.empty();
        case USAGE -> Optional.of(UserException.usage(problems));
        default -> Optional.of(UserException.input(problems));
      };
    }
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
    List<UserException> refusals = new ArrayList<>();
    SortedMap<Location, FileInput> inputs = new TreeMap<>();
    for (Found input : found) {
      input.refusal().ifPresent(refusals::add);
      inputs.put(
          input.location(),
          new FileInput(input.location(), promised.get(input.location()), input.digest()));
    }
    if (!refusals.isEmpty()) {
      throw UserException.together(refusals);
    }
    return inputs;
  }

  private static Found find(InputAccess access, Location location, String promised) {
    try (InputFiles files = access.open()) {
      try {
        String digest = files.digest(location, promised);
        requirePromised(location, digest, promised);
        return Found.of(location, digest);
      } catch (UserException refusal) {
        return Found.refused(location, files.named(refusal));
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
