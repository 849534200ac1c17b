package org.mergetomix.statistics;

import org.mergetomix.score.Estimate;

/**
 * What a dataset does to the score, averaged over all other choices.
 *
 * @param dataset its id
 * @param with mean score of the mixtures that hold it
 * @param without mean score of the mixtures that do not
 * @param gain how much better (positive) or worse (negative) mixtures with it score, with the error
 *     that the choice of evaluation examples causes
 */
public record DatasetEffect(String dataset, Estimate with, Estimate without, Estimate gain) {}
