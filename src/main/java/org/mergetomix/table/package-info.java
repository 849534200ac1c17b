/**
 * The files that a run leaves: their schemas, and how they are read and written.
 *
 * <ul>
 *   <li>{@link org.mergetomix.table.EvaluationsTable}: append-only, a directory a round, a row per
 *       mixture and task ({@link org.mergetomix.table.EvaluationRow}). A round counts once Spark
 *       has committed it.
 *   <li>{@link org.mergetomix.table.RankedTable}: a row per mixture, best first ({@link
 *       org.mergetomix.table.RankedRow}).
 *   <li>{@link org.mergetomix.table.FidelityTable}: a row per model that was really fine-tuned.
 *   <li>{@link org.mergetomix.table.RunDirectory}: where they lie, and {@code run.json} ({@link
 *       org.mergetomix.table.RunRecord}), which says what the run is and how far it got.
 * </ul>
 *
 * <p>All of it may lie on this machine or in a store that Hadoop reaches: {@code OutputFiles} reads
 * and writes whole files, {@link org.mergetomix.output.LocalOutput} brings there what has to be
 * written on this machine, {@code Commits} makes tables durable, {@link
 * org.mergetomix.output.OutputLease} keeps a second driver away, and {@code OutputProblems} says
 * what a failure means.
 */
package org.mergetomix.table;
