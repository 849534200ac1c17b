/**
 * How a round is done: {@link org.mergetomix.spark.round.RoundPlanner} finds what of it is missing,
 * {@link org.mergetomix.spark.round.RoundRunner} has that evaluated, a Spark job at a time, and
 * {@link org.mergetomix.spark.round.RoundCommit} makes the rows of a job durable and stops where
 * too many of them failed. {@link org.mergetomix.spark.round.Rounds} asks a strategy for one round
 * after the other.
 */
package org.mergetomix.spark.round;
