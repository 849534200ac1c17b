/**
 * merge-to-mix: which datasets, in which proportions, should a model be fine-tuned on?
 *
 * <p>A guided tour, in the order in which a search happens.
 *
 * <ol>
 *   <li>{@link org.mergetomix.MergeToMix} is the program. {@code cli} parses a sub-command and
 *       calls one action of {@code spark}; the action does the work and returns an immutable
 *       result.
 *   <li>{@code manifest} reads what the user has (base, datasets with their experts, tasks), {@code
 *       config} what the user wants. Both go through the strict reader in {@code hocon}.
 *   <li>{@code mixture} knows mixtures and spaces of them: {@code SubsetSpace} finds the mixture of
 *       an index without listing the ones before it, in an order in which neighbours share
 *       prefixes.
 *   <li>{@code location} names places, here or in a store; {@code store} is how a store is reached;
 *       {@code checkpoint.cache} brings what lies there to the host, once.
 *   <li>{@code checkpoint} reads named tensors strictly and gives every expert as its delta from
 *       the base.
 *   <li>{@code merge} turns the deltas of a mixture into parameters, sharing the work of common
 *       prefixes; {@code surrogate} is the live model that they are written into.
 *   <li>{@code evaluation} scores a live model example by example; {@code score} is what it says: a
 *       mean with its error. {@code training} fine-tunes a live model on a mixture of data.
 *   <li>{@code spark} does all this on executors: {@code SearchAction} round by round, {@code
 *       FineTuneAction} and {@code FidelityAction} a model a task.
 *   <li>{@code table} appends the evaluations, ranks them, and keeps the run's record; {@code
 *       analysis} draws conclusions from the tables; {@code report} shows them as one page.
 *   <li>{@code demo} is the embedded example, which is also the quickest way to see it all move.
 *   <li>{@code problem} is how a user hears of something to mend.
 * </ol>
 *
 * <p>Data flows one way: manifest and configuration, plan, executors, evaluations, ranking, report.
 * Which room may use which is in the README and held by a test; Spark, DJL and Hadoop's file system
 * stay behind the doors of a few rooms.
 */
package org.mergetomix;
