/**
 * Numbers from tables: what the scores of many mixtures say together.
 *
 * <p>Can surrogates be trusted? {@link org.mergetomix.statistics.FidelitySelection} picks the
 * mixtures that are really fine-tuned, each then becomes a {@link
 * org.mergetomix.statistics.FidelityPoint}, and {@link org.mergetomix.statistics.Fidelity} says how
 * well the two scores agree and what trusting the surrogates would have cost.
 *
 * <p>Which datasets help? {@link org.mergetomix.statistics.DatasetEffects} and {@link
 * org.mergetomix.statistics.BestBySize} read a table once, row by row, in bounded memory; parts of
 * a table can be read apart and merged. Where a surface stands in for a table, {@code attribution}
 * answers. Which mixture to choose is a question for {@code decision}, and what real trainings add
 * one for {@code correction}.
 */
package org.mergetomix.statistics;
