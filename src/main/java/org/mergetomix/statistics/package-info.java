/**
 * Numbers from tables: what the scores of many mixtures say together.
 *
 * <p>Can surrogates be trusted? {@link org.mergetomix.statistics.Retention} says it before a
 * search. After one, {@link org.mergetomix.statistics.FidelitySelection} picks the mixtures that
 * are really fine-tuned, each then becomes a {@link org.mergetomix.statistics.FidelityPoint}, and
 * {@link org.mergetomix.statistics.Fidelity} says how well the two scores agree and what trusting
 * the surrogates would have cost. {@link org.mergetomix.statistics.SurrogateCorrection} corrects
 * surrogate scores by such trainings, and {@link org.mergetomix.statistics.TrainingPlan} says which
 * to do next.
 *
 * <p>Which datasets help? {@link org.mergetomix.statistics.DatasetEffects} and {@link
 * org.mergetomix.statistics.BestBySize} read a table once, row by row, in bounded memory; parts of
 * a table can be read apart and merged. An {@link org.mergetomix.statistics.Attribution} shares the
 * score out among the datasets: exactly where every subset was evaluated, from a surface otherwise.
 *
 * <p>Which mixture is the best, for sure? {@link org.mergetomix.statistics.PairedGap} compares on
 * the same examples, {@link org.mergetomix.statistics.BootstrapRanks} gives ranks with intervals,
 * {@link org.mergetomix.statistics.Race} drops early what cannot be the best any more.
 */
package org.mergetomix.statistics;
