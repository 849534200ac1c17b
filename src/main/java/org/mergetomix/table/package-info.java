/**
 * The files that a run leaves: their schemas, and how they are read and written.
 *
 * <ul>
 *   <li>{@link org.mergetomix.table.EvaluationsTable}: append-only, a directory a round, a row per
 *       mixture, task, measure and range of examples ({@link org.mergetomix.table.EvaluationRow}).
 *       A round counts once Spark has committed it; {@link org.mergetomix.table.Evaluations} are
 *       those that were there when it was read. A row is known by its key, whoever wrote it, and
 *       may be there twice.
 *   <li>{@link org.mergetomix.table.TasksTable}: a row per task, measure and example, with what
 *       that weighs.
 *   <li>{@link org.mergetomix.table.RankedTable}: a row per mixture, best first ({@link
 *       org.mergetomix.table.RankedRow}).
 *   <li>{@link org.mergetomix.table.ScoreTable}: scores that somebody else wrote down.
 *   <li>{@link org.mergetomix.table.FidelityTable}: a row per model that was really fine-tuned;
 *       {@link org.mergetomix.table.CorrectedTable} what those say of all mixtures.
 *   <li>{@link org.mergetomix.table.InteractionsTable}: a row per pair of datasets.
 *   <li>{@link org.mergetomix.table.RunDirectory}: where they lie, and {@code run.json} ({@link
 *       org.mergetomix.table.RunRecord}), which says what the run is and how far it got.
 * </ul>
 *
 * <p>All of it may lie on this machine or in a store; how it is written there is in {@code output}.
 */
package org.mergetomix.table;
