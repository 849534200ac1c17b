/**
 * How a round is done. {@link org.mergetomix.spark.round.Rounds} asks a strategy for one after the
 * other and shows it a {@link org.mergetomix.spark.round.TableStanding}, the evaluations that count
 * for it. Of each round {@link org.mergetomix.spark.round.RoundPlanner} finds what is missing,
 * {@link org.mergetomix.spark.round.RoundRunner} has that evaluated in jobs as long as {@code
 * RoundLength} says, and {@link org.mergetomix.spark.round.RoundCommit} makes the rows of a job
 * durable and stops where too many of them failed. {@link org.mergetomix.spark.round.Progress} is
 * told how far it got.
 *
 * <p>One mixture, file by file: {@code RoundPlanner} finds its rows missing and {@code RoundRunner}
 * puts its index into a partition; {@code EvaluateMixtures} makes the mixture of it where that
 * runs, {@code Slot} merges and evaluates it, by {@code PrefixMerger} and {@code
 * LiveModelEvaluator}.
 */
package org.mergetomix.spark.round;
