/**
 * Which mixtures there are, long before anything is known about them.
 *
 * <p>Begin with {@link org.mergetomix.mixture.Mixture}: weights over datasets, and the readable id
 * under which a mixture appears in every table. A subset is a mixture with equal weights, or with
 * those that {@link org.mergetomix.mixture.SubsetWeights} takes from how much data there is.
 *
 * <p>A {@link org.mergetomix.mixture.MixtureSpace} is a set of candidate mixtures that is never
 * listed: it has a size and gives the mixture at an index, so that a driver hands out indices and
 * an executor makes mixtures of them. {@link org.mergetomix.mixture.SubsetSpace} orders subsets so
 * that neighbours share their first datasets, which is what makes merging many of them cheap.
 *
 * <p>{@link org.mergetomix.mixture.IndexRanges} remembers which indices are done, or still to do,
 * in a few ranges instead of one entry a mixture.
 */
package org.mergetomix.mixture;
