package org.mergetomix.report;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.statistics.BestOfSize;
import org.mergetomix.statistics.DatasetEffect;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.statistics.FidelityPoint;
import org.mergetomix.table.Confirmation;
import org.mergetomix.table.PreflightRecord;
import org.mergetomix.table.RankedRow;

/**
 * Everything that the report says of a run. Texts are plain, not HTML.
 *
 * @param runId the run
 * @param question what was asked, in one sentence
 * @param answer what came out, in one sentence
 * @param warnings what to know before the scores are trusted, as sentences; often none
 * @param direction which way scores improve
 * @param scoreUnit the unit of scores, as in {@code bits per byte}
 * @param datasets ids of all candidate datasets
 * @param mixtures how many mixtures the run has rows for, failed ones included
 * @param failed how many of them failed
 * @param top the first rows of the ranked table, best first; failed rows may follow
 * @param base the score of the base on the same examples, where it was evaluated
 * @param effects one per dataset, in any order
 * @param bestBySize in any order
 * @param preflight how far the experts moved and how much they agree, where it was measured
 * @param fidelity how far surrogates can be trusted, where it was measured
 * @param fidelityPoints the mixtures it was measured on; empty without it
 * @param confirmations the winner and what it is compared with; empty where nothing was confirmed
 * @param cost what the run spent and saved
 * @param inputs what it read
 * @param versions of software, by name
 * @param configuration resolved values by key, without secrets
 */
public record ReportContent(
    String runId,
    String question,
    String answer,
    List<String> warnings,
    Direction direction,
    String scoreUnit,
    List<String> datasets,
    long mixtures,
    long failed,
    List<RankedRow> top,
    Optional<Estimate> base,
    List<DatasetEffect> effects,
    List<BestOfSize> bestBySize,
    PreflightRecord preflight,
    Optional<Fidelity> fidelity,
    List<FidelityPoint> fidelityPoints,
    List<Confirmation> confirmations,
    Cost cost,
    List<Input> inputs,
    SortedMap<String, String> versions,
    SortedMap<String, String> configuration) {

  public ReportContent {
    Objects.requireNonNull(runId);
    Objects.requireNonNull(question);
    Objects.requireNonNull(answer);
    Objects.requireNonNull(direction);
    Objects.requireNonNull(scoreUnit);
    Objects.requireNonNull(base);
    Objects.requireNonNull(preflight);
    Objects.requireNonNull(fidelity);
    Objects.requireNonNull(cost);
    warnings = List.copyOf(warnings);
    datasets = List.copyOf(datasets);
    top = List.copyOf(top);
    effects = List.copyOf(effects);
    bestBySize = List.copyOf(bestBySize);
    fidelityPoints = List.copyOf(fidelityPoints);
    confirmations = List.copyOf(confirmations);
    inputs = List.copyOf(inputs);
    versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
    configuration = Collections.unmodifiableSortedMap(new TreeMap<>(configuration));
  }
}
