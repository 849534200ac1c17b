/**
 * How the deltas of a mixture's experts become one model.
 *
 * <p>What to do is data. {@link org.mergetomix.merge.Method} lists the methods with their
 * parameters, {@link org.mergetomix.merge.MergeSettings} is what was said about one of them, and a
 * {@link org.mergetomix.merge.MergeMethod} is the three parts that come of it: a {@code Sparsifier}
 * (what is done to each delta alone: trim, mask, rescale), a {@code Combination} (how deltas become
 * one: a mean, an election of signs), a {@link org.mergetomix.merge.LayerScaling} (LiNeS).
 *
 * <p>One merge, file by file: {@link org.mergetomix.merge.PreparedExperts} has done the first part
 * once per host. {@link org.mergetomix.merge.PrefixMerger}, the {@link org.mergetomix.merge.Merger}
 * of the CPU, goes over the tensors a chunk at a time, where it has several threads in a {@code
 * Stretch} of one each, which {@code StretchWork} writes in order. {@code PrefixWalk} sums the
 * chunk, from the sums of a prefix that neighbouring mixtures share ({@code PrefixSums}), so that
 * in prefix order the next mixture costs about one addition a parameter; the combination's {@code
 * Kernel} is the arithmetic; base plus merged delta go to the target, which for an evaluation is a
 * {@link org.mergetomix.merge.SurrogateTarget}. Sums run over datasets in ascending order in
 * float32, whatever was merged before, so a surrogate has the same bits wherever it is made.
 *
 * <p>{@link org.mergetomix.merge.DeviceMerger} does the same for linear methods on the device of a
 * {@link org.mergetomix.merge.DeviceTarget}, which holds the deltas; {@code KeptPrefixes} is what
 * both know of prefixes. {@link org.mergetomix.merge.FactoredExperts} is what others merge by, such
 * as a worker.
 */
package org.mergetomix.merge;
