package org.mergetomix.config;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;

/**
 * What the user wants. {@code reference.conf} says what each key means; a component is named as its
 * key, and every value is within the range that is stated there. Immutable.
 *
 * @param manifest path of the manifest as it was written; empty when not given
 * @param output directory of the run as it was written; empty when not given
 */
public record Configuration(
    String manifest,
    String output,
    long seed,
    Merge merge,
    Search search,
    Evaluation evaluation,
    Training training,
    Fidelity fidelity,
    Report report,
    Cache cache,
    Spark spark)
    implements Serializable {

  /**
   * How experts become a surrogate.
   *
   * @param mode AUTO where the method has none, or for its default
   */
  public record Merge(
      Method method,
      Mode mode,
      NumberOrAuto density,
      NumberOrAuto lambda,
      NumberOrAuto epsilon,
      NumberOrAuto gamma,
      NumberOrAuto selectTopK,
      Lines lines,
      int buffers)
      implements Serializable {

    /** The merge methods there are, each with the keys that it heeds. */
    public enum Method {
      AVERAGE,
      LINEAR,
      TASK_ARITHMETIC("mode", "lambda"),
      TIES("mode", "density", "lambda"),
      DARE_LINEAR("mode", "density", "lambda"),
      DARE_TIES("mode", "density", "lambda"),
      DELLA_LINEAR("mode", "density", "epsilon", "lambda"),
      DELLA("mode", "density", "epsilon", "lambda"),
      BREADCRUMBS("mode", "density", "gamma", "lambda"),
      BREADCRUMBS_TIES("mode", "density", "gamma", "lambda"),
      MODEL_STOCK,
      SCE("mode", "select-top-k"),
      TOP_K_GRAFTING("density");

      // The set itself cannot be changed.
      @SuppressWarnings("ImmutableEnumChecker")
      private final Set<String> keys;

      Method(String... keys) {
        this.keys = Set.of(keys);
      }

      /** The keys below {@code merge} that the method heeds, beside those that all do. */
      Set<String> keys() {
        return keys;
      }
    }

    /** Whose definition of a method is meant, where they differ. */
    public enum Mode {
      AUTO,
      PAPER,
      MERGEKIT
    }

    /** LiNeS: layers are scaled one by one. */
    public record Lines(Scaling scaling, NumberOrAuto alpha, NumberOrAuto beta)
        implements Serializable {

      /** How the factor goes from the first layer to the last. */
      public enum Scaling {
        NONE,
        LINEAR
      }
    }

    /** The method as it is written: {@code task-arithmetic}. */
    public String methodName() {
      return ConfigurationMap.of(this).get("method");
    }

    /**
     * What was said about the method, by the keys below {@code merge}; what is left to it is not
     * there.
     */
    public SortedMap<String, String> parameters() {
      SortedMap<String, String> parameters = new TreeMap<>(ConfigurationMap.of(this));
      parameters.keySet().removeAll(Set.of("method", "buffers"));
      parameters.values().removeIf(value -> value.equals("auto") || value.equals("none"));
      return Collections.unmodifiableSortedMap(parameters);
    }
  }

  /**
   * Which mixtures are evaluated, and in which portions.
   *
   * @param maximumSize 0 for as many as there are datasets
   * @param roundSize 0 for automatic
   * @param partitionSize 0 for automatic
   */
  public record Search(
      int minimumSize,
      int maximumSize,
      long roundSize,
      long partitionSize,
      int attempts,
      long maxFailed)
      implements Serializable {}

  /** How a model is evaluated. */
  public record Evaluation(int batchSize) implements Serializable {}

  /** How a model is fine-tuned; of steps and epochs, {@code length} says which one rules. */
  public record Training(
      Length length,
      int steps,
      int epochs,
      int batchSize,
      double learningRate,
      int warmupSteps,
      double finalLearningRateShare,
      double weightDecay,
      double clipNorm)
      implements Serializable {

    /** What rules the length of a training. */
    public enum Length {
      STEPS,
      EPOCHS
    }
  }

  /** How the ranking is checked against mixtures that are really fine-tuned. */
  public record Fidelity(int mixtures, int bootstrapSamples, double confidence)
      implements Serializable {}

  /** What is shown of the result. */
  public record Report(int top) implements Serializable {}

  /**
   * Copies of remote files on the disk of each host.
   *
   * @param directory empty for the temporary directory of the JVM
   * @param capacity in bytes
   * @param threads ranges that are read at once
   * @param chunkSize length of a range in bytes
   */
  public record Cache(String directory, long capacity, int threads, int chunkSize)
      implements Serializable {}

  /**
   * How the job runs on Spark.
   *
   * @param master empty for what spark-submit says, or local when nothing says anything
   * @param gpusPerTask 0 for what Spark's own settings say
   */
  public record Spark(String master, String appName, double gpusPerTask) implements Serializable {}

  /**
   * Lays files and settings over the defaults: a later file wins over an earlier one, a setting
   * over all files, a later setting over an earlier one.
   *
   * @param files HOCON files with keys below the root
   * @param settings each {@code key=value}; the value is taken as it stands, without quotes
   * @throws UserException usage, with every problem of every file and setting
   */
  public static Configuration load(List<Path> files, List<String> settings) {
    return ConfigurationLoader.load(files, settings);
  }

  /** Every key with its value in its usual notation; for the run record and the report. */
  public SortedMap<String, String> asMap() {
    return ConfigurationMap.of(this);
  }

  /**
   * Where the manifest lies, for a command that cannot do without.
   *
   * @throws UserException usage, when none is given or it names no place
   */
  public Location requireManifest() {
    return location("manifest", require("manifest", manifest, "FILE"));
  }

  /**
   * Where the run's directory is, for a command that cannot do without: a path, which if relative
   * starts at the working directory, or a location in a store.
   *
   * @throws UserException usage, when none is given
   */
  public Location requireOutput() {
    return location("output", require("output", output, "DIRECTORY"));
  }

  private static Location location(String key, String value) {
    try {
      return Location.of(value);
    } catch (IllegalArgumentException malformed) {
      throw UserException.usage("Key " + key + " " + malformed.getMessage(), "", "");
    }
  }

  private static String require(String key, String value, String example) {
    if (value.isEmpty()) {
      throw UserException.usage(
          "Key " + key + " is not set", "", "Add --set " + key + "=" + example);
    }
    return value;
  }
}
