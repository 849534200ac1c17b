package org.mergetomix.statistics.attribution;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.table.Interaction;

/**
 * What a surface says of a run's scores.
 *
 * @param datasets which it knows, ascending: those of mixtures that have a score
 * @param surface the kind of surface that predicts best
 * @param mixtures to how many it was fitted
 * @param explained R² of its predictions of mixtures that were left out: 1 is perfect, 0 no better
 *     than the mean
 * @param rivals the same R² of the other kinds of surface, by their names
 * @param basis of the gains
 * @param gains one per dataset, the most helpful first; empty where there is no basis
 * @param interactions one per pair of datasets, by their ids; of more than 24 datasets, of those
 *     with the greatest Shapley values either way; empty where there is no basis or a rough one,
 *     and of fewer than three datasets
 * @param expected what the surface expects of any mixture of its datasets: a prediction, in the
 *     score's unit
 * @param predictions of each mixture from the others, the best measured first
 */
public record ScoreModel(
    List<String> datasets,
    String surface,
    int mixtures,
    double explained,
    SortedMap<String, Double> rivals,
    Basis basis,
    List<DatasetGain> gains,
    List<Interaction> interactions,
    ToDoubleFunction<Mixture> expected,
    List<Predicted> predictions) {

  public ScoreModel {
    datasets = List.copyOf(datasets);
    rivals = Collections.unmodifiableSortedMap(new TreeMap<>(rivals));
    gains = List.copyOf(gains);
    interactions = List.copyOf(interactions);
    predictions = List.copyOf(predictions);
  }

  /** Where gains come from, and so how far they can be trusted. */
  public enum Basis {
    /** Each dataset alone and all together are not there: gains cannot be told. */
    NONE,
    /** Of the surface, after each dataset alone and all together: without an error that holds. */
    ROUGH,
    /** Of the surface, after all but one as well, which it predicts: with errors. */
    SURFACE,
    /** Of every mixture: exact for these examples. */
    EXACT
  }

  /**
   * A mixture's score, and what the surface expects of it from all others.
   *
   * @param mixture the mixture
   * @param measured its score
   * @param expected the prediction, in the same unit
   */
  public record Predicted(Mixture mixture, double measured, double expected) {}
}
