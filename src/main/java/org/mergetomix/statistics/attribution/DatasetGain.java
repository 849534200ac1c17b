package org.mergetomix.statistics.attribution;

import org.mergetomix.score.Estimate;

/**
 * What a dataset does for the score, in its unit: above 0 where it helps. Errors are not a number
 * where none is known to hold.
 *
 * @param dataset its id
 * @param shapley its Shapley value: the gain when datasets join in a random order; those of all sum
 *     to the gain of all together over the base
 * @param mainEffect the gain when it joins any of the other mixtures
 */
public record DatasetGain(String dataset, Estimate shapley, Estimate mainEffect) {}
