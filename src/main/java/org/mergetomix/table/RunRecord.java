package org.mergetomix.table;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.preflight.Preflight;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;

/**
 * What {@code run.json} says: what the run is, and how far it got. Holds no secrets.
 *
 * @param format the layout of this file, {@link #FORMAT}
 * @param runId a hash of {@code identity}
 * @param state how far it got
 * @param identity everything that decides the result: digests of inputs, method, space, evaluator
 * @param inputs the files that were read
 * @param configuration every key with its value
 * @param versions of this software, Spark, the engine, Java; {@code device} names every kind of
 *     device that scores come from
 * @param datasets the datasets' ids, ascending
 * @param direction which way scores improve
 * @param scoreUnit what scores are measured in
 * @param taskWeights the weight of every task in the score, by id
 * @param counts of mixtures
 * @param seconds where the time went, all starts of the run together
 * @param started when the run was first started, ISO 8601
 * @param updated when this file was written, ISO 8601
 * @param preflight how far the experts moved and how much they agree; nothing until measured
 * @param base the base model's score per task; empty until the search is done
 * @param rankedDigest digest over the ranked table's ranks, mixtures and scores; empty until it is
 *     there
 * @param fidelity the fidelity figures by name; empty until they are there
 * @param confirmations the winner beside its baselines; empty until they are there
 */
public record RunRecord(
    int format,
    String runId,
    State state,
    SortedMap<String, String> identity,
    List<RunInput> inputs,
    SortedMap<String, String> configuration,
    SortedMap<String, String> versions,
    List<String> datasets,
    Direction direction,
    String scoreUnit,
    SortedMap<String, Double> taskWeights,
    Counts counts,
    Seconds seconds,
    String started,
    String updated,
    Preflight preflight,
    SortedMap<String, Estimate> base,
    String rankedDigest,
    SortedMap<String, Double> fidelity,
    List<Confirmation> confirmations) {

  /** The layout of the file that this version reads and writes. */
  public static final int FORMAT = 1;

  /** The name among the versions of what scores were computed on. */
  public static final String DEVICE = "device";

  /**
   * This run, started again: what was found before stays, what the new start says of itself counts.
   */
  public RunRecord startedAgain(RunRecord now) {
    return new RunRecord(
        format,
        runId,
        State.SEARCHING,
        identity,
        now.inputs,
        now.configuration,
        now.versions,
        datasets,
        direction,
        scoreUnit,
        taskWeights,
        counts,
        seconds,
        started,
        now.updated,
        preflight,
        base,
        rankedDigest,
        fidelity,
        confirmations);
  }

  /**
   * This run with the kinds of device that its scores come from.
   *
   * @param kinds of device; where there are none, what it says now stays
   */
  public RunRecord evaluatedOn(Set<String> kinds) {
    SortedMap<String, String> newVersions = new TreeMap<>(versions);
    if (!kinds.isEmpty()) {
      newVersions.put(DEVICE, String.join(", ", new TreeSet<>(kinds)));
    }
    return with(newVersions, preflight);
  }

  /** This run with the pre-flight figures of its experts. */
  public RunRecord measured(Preflight figures) {
    return with(versions, figures);
  }

  private RunRecord with(SortedMap<String, String> newVersions, Preflight figures) {
    return new RunRecord(
        format,
        runId,
        state,
        identity,
        inputs,
        configuration,
        newVersions,
        datasets,
        direction,
        scoreUnit,
        taskWeights,
        counts,
        seconds,
        started,
        updated,
        figures,
        base,
        rankedDigest,
        fidelity,
        confirmations);
  }

  /**
   * This run with its ranked table. What was compared with an earlier ranking stays as long as the
   * ranking is the same, and is dropped otherwise.
   *
   * @param newCounts of mixtures; what it says of trained ones is not looked at
   */
  public RunRecord ranked(
      Counts newCounts,
      Seconds newSeconds,
      SortedMap<String, Estimate> newBase,
      String digest,
      String now) {
    boolean confirmed = counts.trained() > 0 || !confirmations.isEmpty();
    boolean kept = confirmed && digest.equals(rankedDigest);
    return new RunRecord(
        format,
        runId,
        kept ? State.CONFIRMED : State.RANKED,
        identity,
        inputs,
        configuration,
        versions,
        datasets,
        direction,
        scoreUnit,
        taskWeights,
        new Counts(
            newCounts.space(),
            newCounts.evaluated(),
            newCounts.failed(),
            kept ? counts.trained() : 0),
        newSeconds,
        started,
        now,
        preflight,
        newBase,
        digest,
        kept ? fidelity : new TreeMap<>(),
        kept ? confirmations : List.of());
  }

  /** This run with some mixtures really fine-tuned, as this configuration says, and compared. */
  public RunRecord confirmed(
      SortedMap<String, String> newConfiguration,
      Counts newCounts,
      Seconds newSeconds,
      SortedMap<String, Double> newFidelity,
      List<Confirmation> newConfirmations,
      String now) {
    return new RunRecord(
        format,
        runId,
        State.CONFIRMED,
        identity,
        inputs,
        newConfiguration,
        versions,
        datasets,
        direction,
        scoreUnit,
        taskWeights,
        newCounts,
        newSeconds,
        started,
        now,
        preflight,
        base,
        rankedDigest,
        newFidelity,
        newConfirmations);
  }

  /** How far a run got. */
  public enum State {
    /** Mixtures are being evaluated, or were when the process ended. */
    SEARCHING,
    /** The ranked table is there. */
    RANKED,
    /** Some mixtures were really fine-tuned and compared. */
    CONFIRMED
  }

  /**
   * A file that was read.
   *
   * @param kind {@code model}, {@code base}, {@code expert}, {@code task}, {@code confirm}
   * @param id the dataset's or task's id; empty for the base
   * @param location its path
   * @param digest its sha256, in hex
   */
  public record RunInput(String kind, String id, String location, String digest) {}

  /**
   * How many mixtures there are.
   *
   * @param space in the mixture space
   * @param evaluated with a score
   * @param failed with an error in place of a score
   * @param trained really fine-tuned, experts left out
   */
  public record Counts(long space, long evaluated, long failed, long trained) {}

  /**
   * Where the time went, in seconds; merging, evaluating and training summed over task slots.
   *
   * @param merge merging and writing parameters
   * @param evaluate evaluating
   * @param training fine-tuning, experts left out
   * @param wall from start to end of the commands
   */
  public record Seconds(double merge, double evaluate, double training, double wall) {}
}
