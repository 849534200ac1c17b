package org.mergetomix.config;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.mergetomix.cache.CacheSettings;
import org.mergetomix.location.Location;
import org.mergetomix.merge.MergeDevice;
import org.mergetomix.merge.MergeSettings;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.mlflow.MlflowSettings;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.UserException;
import org.mergetomix.training.FineTuning;
import org.mergetomix.worker.WorkerSettings;

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
    Objective objective,
    Evaluation evaluation,
    WorkerSettings worker,
    Training training,
    Fidelity fidelity,
    Divide divide,
    Baselines baselines,
    Report report,
    CacheSettings cache,
    MlflowSettings mlflow,
    Spark spark)
    implements Serializable {

  private static final Pattern COLON_AND_PATTERN =
      Pattern.compile("(?s):.*[*?\\[\\]{}\\\\]|[*?\\[\\]{}\\\\].*:");

  /**
   * How experts become a surrogate.
   *
   * @param settings the method, and what was said about it
   * @param buffers prefix sums that a slot keeps; empty for as many as have room
   * @param threads that merge one mixture; empty for the cores of a task
   * @param device where they are merged; empty for the CPU
   */
  public record Merge(
      MergeSettings settings,
      Optional<Integer> buffers,
      Optional<Integer> threads,
      Optional<MergeDevice> device) {}

  /**
   * Which mixtures are evaluated, and in which portions.
   *
   * @param maximumSize 0 for as many as there are datasets
   * @param required ids of datasets that every mixture has
   * @param forbidden ids of datasets that no mixture has
   * @param budget most mixtures; empty for no limit
   * @param width mixtures that a strategy proposes at once; empty for what suits it
   * @param tolerance gain that is not worth a further round, as a share of the best score; empty
   *     for what suits the number of datasets
   * @param weights what the weights of a subset go by
   * @param mixtures file of the mixtures to evaluate as it was written; empty for none
   * @param reuse outputs of other runs as they were written
   * @param roundSize 0 for automatic
   * @param partitionSize 0 for automatic
   */
  public record Search(
      Strategy strategy,
      int minimumSize,
      int maximumSize,
      List<String> required,
      List<String> forbidden,
      Optional<Integer> budget,
      Optional<Integer> width,
      Optional<Double> tolerance,
      SubsetWeights.By weights,
      Ratios ratios,
      Attribution attribution,
      Racing racing,
      String mixtures,
      List<String> reuse,
      long roundSize,
      long partitionSize,
      int attempts,
      long maxFailed) {

    public Search {
      required = List.copyOf(required);
      forbidden = List.copyOf(forbidden);
      reuse = List.copyOf(reuse);
    }

    /** Which mixtures come next. */
    public enum Strategy {
      AUTO,
      EXHAUSTIVE,
      SURFACE,
      ORDERED_SOUP,
      FORWARD,
      BACKWARD,
      RANDOM;

      /** Whether an optional key, such as {@code width}, changes anything. */
      boolean heeds(String key) {
        return switch (this) {
          case AUTO, SURFACE -> true;
          case ORDERED_SOUP, RANDOM -> !key.equals("tolerance");
          case FORWARD, BACKWARD -> key.equals("budget");
          case EXHAUSTIVE -> false;
        };
      }
    }

    /** Whether mixtures that cannot be the best are left out before they saw every example. */
    public enum Racing {
      NONE,
      MAX_T
    }

    /** What is evaluated beside a search, for what each dataset does. */
    public enum Attribution {
      NONE,
      LEAVE_ONE_OUT
    }

    /** What follows the mixtures that a strategy chose. */
    public enum Ratios {
      NONE,
      REFINE;

      /** Whether an optional key changes anything. */
      boolean heeds(String key) {
        return this == REFINE && !key.equals("budget");
      }
    }
  }

  /**
   * By what else a run is ranked; nothing of it is what the run itself was ranked by.
   *
   * @param tasks those that count, maybe each with its weight; empty for all
   * @param examples columns and values that examples have; empty for all
   */
  public record Objective(List<String> tasks, List<String> examples) {

    public Objective {
      tasks = List.copyOf(tasks);
      examples = List.copyOf(examples);
    }

    /** Whether nothing else is asked for. */
    public boolean isUsual() {
      return tasks.isEmpty() && examples.isEmpty();
    }
  }

  /**
   * How a model is evaluated.
   *
   * @param precision empty for what suits base and device
   */
  public record Evaluation(int batchSize, Optional<Precision> precision, Engine engine) {

    /** What evaluates surrogates. */
    public enum Engine {
      /** This process, by DJL. */
      DJL,
      /** A process beside it. */
      WORKER
    }
  }

  /**
   * How a model is fine-tuned; of steps, epochs and tokens, {@code length} says which one rules.
   *
   * @param command what trains, where {@code engine} says so; not empty then
   * @param workspace the folder that a command works in; empty for the cache's
   * @param gpusPerTask 0 for what Spark's own settings say
   * @param precision empty for what suits method, base and device
   * @param heldOut share of each dataset's rows that is never trained on
   * @param microBatchSize at most {@code batchSize}; 0 for all of it
   */
  public record Training(
      Trainer engine,
      List<String> command,
      String workspace,
      int silence,
      int threads,
      int checkpointSteps,
      double gpusPerTask,
      Method method,
      Lora lora,
      Optional<Precision> precision,
      Length length,
      int steps,
      int epochs,
      long tokens,
      FineTuning.Shares shares,
      double heldOut,
      FineTuning.Packing packing,
      int batchSize,
      int microBatchSize,
      double learningRate,
      int warmupSteps,
      double finalLearningRateShare,
      double weightDecay,
      double clipNorm)
      implements Serializable {

    public Training {
      command = List.copyOf(command);
    }

    /** What trains. */
    public enum Trainer {
      /** This process, by DJL. */
      DJL,
      /** A process beside it. */
      COMMAND
    }

    /** How many examples' gradients are computed at once. */
    public int atOnce() {
      return microBatchSize == 0 ? batchSize : microBatchSize;
    }

    /** What of a model is trained. */
    public enum Method {
      FULL,
      LORA
    }

    /**
     * The low-rank updates that {@link Method#LORA} trains.
     *
     * @param targetModules ends of names of layers, or {@link #ALL_LINEAR} alone
     */
    public record Lora(int rank, double alpha, List<String> targetModules) implements Serializable {

      /** Every linear layer but the output layer. */
      public static final String ALL_LINEAR = "all-linear";

      public Lora {
        targetModules = List.copyOf(targetModules);
      }
    }

    /** What rules the length of a training. */
    public enum Length {
      STEPS,
      EPOCHS,
      TOKENS
    }
  }

  /**
   * How the ranking is checked against mixtures that are really fine-tuned.
   *
   * @param seeds how often each is trained, every time from another seed
   * @param scores table of the scores of trainings done elsewhere as it was written; empty for none
   */
  public record Fidelity(
      int mixtures,
      Choice choice,
      int seeds,
      String scores,
      int bootstrapSamples,
      double confidence)
      implements Serializable {

    /** How mixtures are chosen. */
    public enum Choice {
      SPREAD,
      PLANNED
    }
  }

  /**
   * What is shown of the result.
   *
   * @param surface two datasets over whose weights the surface is drawn; none for the two that help
   *     most
   */
  public record Report(int top, List<String> surface) implements Serializable {

    public Report {
      surface = List.copyOf(surface);
    }
  }

  /**
   * How a corpus becomes datasets.
   *
   * @param parts 2 to 256
   * @param by the column whose values the parts are; empty for parts of like rows
   * @param nearDuplicates share of min-hashes that two rows have in common to stay together
   */
  public record Divide(int parts, String by, Features features, double nearDuplicates)
      implements Serializable {

    /** What rows are compared by. */
    public enum Features {
      WORDS,
      CHARACTERS
    }
  }

  /**
   * What is measured of each dataset without its expert.
   *
   * @param rows of each that the base reads; 0 for no measuring
   */
  public record Baselines(int rows) implements Serializable {}

  /**
   * How the job runs on Spark.
   *
   * @param master empty for what spark-submit says, or local when nothing says anything
   * @param gpusPerTask 0 for what Spark's own settings say
   * @param waitForExecutors seconds to wait for the first executor
   */
  public record Spark(String master, String appName, double gpusPerTask, int waitForExecutors)
      implements Serializable {}

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
   * @throws UserException usage, when none is given, or one that tables cannot be read from
   */
  public Location requireOutput() {
    Location location = location("output", require("output", output, "DIRECTORY"));
    if (COLON_AND_PATTERN.matcher(location.text().replaceFirst("^[^/]*://[^/]*", "")).find()) {
      throw UserException.usage(
          "Key output holds a colon and one of * ? [ ] { } \\, and Hadoop reads no such folder",
          location.text(),
          "Choose another name");
    }
    return location;
  }

  /**
   * Where the file of the mixtures to evaluate lies; empty where there is none.
   *
   * @throws UserException usage, when it names no place
   */
  public Optional<Location> mixtures() {
    return Optional.of(search.mixtures())
        .filter(file -> !file.isEmpty())
        .map(file -> location("search.mixtures", file));
  }

  /**
   * Where the table of trainings done elsewhere lies; empty where there is none.
   *
   * @throws UserException usage, when it names no place
   */
  public Optional<Location> realScores() {
    return Optional.of(fidelity.scores())
        .filter(table -> !table.isEmpty())
        .map(table -> location("fidelity.scores", table));
  }

  /**
   * Where the other runs lie whose rows are taken over.
   *
   * @throws UserException usage, when one of them is no place
   */
  public List<Location> reuse() {
    return search.reuse().stream().map(other -> location("search.reuse", other)).toList();
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
