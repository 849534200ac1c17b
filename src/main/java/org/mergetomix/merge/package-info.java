/**
 * How the deltas of a mixture's experts become one model.
 *
 * <p>A {@link org.mergetomix.merge.MergeMethod} is data, three parts put together by {@code
 * MethodCatalogue}: a {@code Sparsifier} (what is done to each delta alone: trim, mask, rescale), a
 * {@code Combination} (how deltas become one: a mean, an election of signs), a {@code LayerScaling}
 * (LiNeS). {@link org.mergetomix.merge.PreparedExperts} does the first part once per host: a {@code
 * PreparedDelta} is the expert's delta with a bit an element. Random masks come from {@code
 * CounterRandom}, which knows nothing but an element's place.
 *
 * <p>{@link org.mergetomix.merge.PrefixMerger} merges mixtures one after the other. {@code
 * PrefixWalk} keeps the sums of the prefixes that neighbouring mixtures share ({@code PrefixSums}),
 * so that in prefix order the next mixture costs about one addition a parameter; a {@code Kernel}
 * is the arithmetic on a chunk of elements. Sums run over datasets in ascending order in float32,
 * whatever was merged before, so a surrogate has the same bits wherever it is made. {@link
 * org.mergetomix.merge.OnePassMerger} merges many mixtures side by side, for models too large to
 * keep sums of.
 *
 * <p>{@link org.mergetomix.preflight.Preflight} tells, before anything is merged, how far the
 * experts moved and how much they agree.
 */
package org.mergetomix.merge;
