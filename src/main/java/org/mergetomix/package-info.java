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
 *   <li>{@code location} names places, here or in a store; {@code store} is how a store is reached;
 *       {@code cache} brings what lies there to the host, once.
 *   <li>{@code tensor} says what named tensors are, {@code safetensors} reads and writes the format
 *       that holds them, {@code folder} a model's folder of several such files. {@code expert}
 *       gives every expert, in whatever form it came, as its delta from the base. {@code family}
 *       knows what a {@code config.json} implies.
 *   <li>{@code preflight} measures the experts before a search: how far they moved and how much
 *       they agree.
 *   <li>{@code mixture} knows mixtures and spaces of them: {@code SubsetSpace} finds the mixture of
 *       an index without listing the ones before it, in an order in which neighbours share
 *       prefixes.
 *   <li>{@code plan} is what executors are told, {@code memory} whether they can hold it. {@code
 *       search} says which mixtures come next, round by round; {@code surface} is a model of the
 *       score that proposes few of many.
 *   <li>{@code executor} is what happens where a partition of a round runs: {@code merge} turns the
 *       deltas of a mixture into parameters, sharing the work of common prefixes; {@code model} is
 *       the live model that they are written into; {@code evaluation} scores it example by example.
 *       Or {@code worker} has a process beside the executor do so, from shared memory.
 *   <li>{@code score} is what a task says of a model, and the objective that makes one number of
 *       several tasks. {@code table} has the rows and the run's record, {@code output} is how they
 *       become durable, {@code rank} goes from evaluations to ranked rows; {@code export} has the
 *       texts that lie beside an exported model.
 *   <li>{@code training} fine-tunes a live model on a mixture of data; {@code data} makes texts of
 *       conversations. Or {@code worker} has a command train it. {@code mergekit} writes the recipe
 *       by which mergekit merges the same.
 *   <li>{@code statistics} draws conclusions from the tables; {@code report} shows them as one
 *       page, and {@code mlflow} tells a server of them.
 *   <li>{@code spark.divide} comes before all that where there is one corpus and no datasets yet:
 *       it makes parts of it.
 *   <li>{@code demo} is the embedded example, which is also the quickest way to see it all move.
 *   <li>{@code problem} is how a user hears of something to mend; {@code pattern} has regular
 *       expressions that came from outside.
 * </ol>
 *
 * <p>Data flows one way: manifest and configuration, plan, executors, evaluations, ranking, report.
 * Which room may use which is in the README and held by a test; Spark, DJL and Hadoop's file system
 * stay behind the doors of a few rooms.
 */
package org.mergetomix;
