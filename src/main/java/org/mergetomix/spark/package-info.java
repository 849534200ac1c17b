/**
 * The actions: what a user can ask for, done as Spark jobs.
 *
 * <p>An action is made from a session, a manifest and a configuration; its {@code run()} plans,
 * works and returns an immutable result. {@link org.mergetomix.spark.FineTuneAction} makes experts,
 * {@link org.mergetomix.spark.SearchAction} ranks mixtures, {@link
 * org.mergetomix.spark.FidelityAction} really fine-tunes some of them, {@link
 * org.mergetomix.spark.ReportAction} and {@link org.mergetomix.spark.ExportAction} write what was
 * found.
 *
 * <p>The way of a search: {@code RunPlan} says everything that an executor needs and is broadcast;
 * {@code InputDigests} finds out what its inputs hash to, and {@code MemoryPlan} whether an
 * executor can hold it; {@code SearchRounds} has what is missing evaluated and committed, round by
 * round, each as long as {@code RoundLength} says; {@code EvaluateMixtures} is what an executor
 * does with a partition of mixtures; {@code ExecutorRuntime} holds what the slots of one JVM share,
 * {@code Slot} what one of them owns, on the device that {@code DeviceChoice} finds; {@code
 * Ranking} turns the evaluations into the ranked table; {@code MixedDevices} warns where they come
 * from more than one kind of device. {@code DriverNotice} warns of other drivers meanwhile, and
 * {@link org.mergetomix.spark.MetricsPlugin} tells Spark's metrics what every executor did.
 */
package org.mergetomix.spark;
