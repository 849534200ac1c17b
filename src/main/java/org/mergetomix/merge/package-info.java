/**
 * How the deltas of a mixture's experts become one model.
 *
 * <p>A {@link org.mergetomix.merge.MergeMethod} is the arithmetic on a chunk of elements: what a
 * delta adds to the running sums, and how sums become a merged delta. {@link
 * org.mergetomix.merge.PrefixMerger} walks mixtures with it: it keeps the sums of the prefixes that
 * neighbouring mixtures share ({@link org.mergetomix.merge.PrefixSums}), so that in prefix order
 * the next mixture costs about one addition a parameter. Sums run over datasets in ascending order
 * in float32, whatever was merged before, so a surrogate has the same bits wherever it is made.
 */
package org.mergetomix.merge;
