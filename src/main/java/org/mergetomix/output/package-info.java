/**
 * How what a run writes becomes durable, here or in a store.
 *
 * <p>{@link org.mergetomix.output.OutputFiles} are whole files, seen as they were or as they are;
 * {@link org.mergetomix.output.LocalOutput} brings there what has to be written on this machine
 * first. {@link org.mergetomix.output.Commits} makes the tables durable that are appended to,
 * {@link org.mergetomix.output.ReplacedTable} is one that is replaced in one step, and {@code
 * ParquetTables} how any of them is read. {@link org.mergetomix.output.DriverNotice} says who is at
 * work on an output: it keeps nobody away, for two drivers cannot lose or mix anything.
 *
 * <p>{@link org.mergetomix.output.OutputProblems} says what a failure of an output means, {@link
 * org.mergetomix.output.Failures} what one inside Spark does.
 */
package org.mergetomix.output;
