/**
 * From evaluations to ranked rows, and from real scores to figures of fidelity.
 *
 * <p>One evaluation row: {@link org.mergetomix.rank.MixtureReduction} brings it together with the
 * others of its mixture as {@link org.mergetomix.rank.MixtureRows}, which pass over what is there
 * twice and put the scores of the examples in their order; {@link org.mergetomix.rank.ScoredTasks}
 * says which tasks and measures count and what an example weighs. {@link
 * org.mergetomix.rank.Ranking} makes a ranked row of that, with a gap to the best mixture on the
 * same examples; of several tasks, {@link org.mergetomix.rank.TaskFront} has the Pareto front.
 *
 * <p>Of models really fine-tuned, {@link org.mergetomix.rank.ComparableMixtures} are those to
 * choose among, {@link org.mergetomix.rank.PlannedTrainings} those that tell most, {@link
 * org.mergetomix.rank.Fidelities} has the figures and {@link org.mergetomix.rank.Confirmations} the
 * winner beside its baselines.
 */
package org.mergetomix.rank;
