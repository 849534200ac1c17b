/**
 * What an executor does.
 *
 * <p>{@link org.mergetomix.executor.ExecutorRuntime} holds what the slots of one JVM share: the
 * inputs, each opened once, and what was prepared of them. A task borrows a {@link
 * org.mergetomix.executor.Slot} by a {@link org.mergetomix.executor.SlotLease}: a live model, the
 * merger that overwrites it and the evaluator that scores it, on the device that {@link
 * org.mergetomix.executor.DeviceChoice} finds. {@link org.mergetomix.executor.EvaluateMixtures}
 * does so with every mixture of a partition, and {@code PartitionRows} hands its rows on as they
 * come.
 *
 * <p>{@link org.mergetomix.executor.TrainingJob} is one model to fine-tune and {@link
 * org.mergetomix.executor.TrainingOutcome} what became of it; {@link
 * org.mergetomix.executor.TrainedForm} says whether a file, a folder or an adapter is written.
 * {@code CommandTraining} has a process beside the executor train it. What cannot be done before a
 * user mends something is an {@link org.mergetomix.plan.Attempt} and not thrown, for Spark would
 * try it again. Native code runs on {@link org.mergetomix.executor.NativeThreads}; {@link
 * org.mergetomix.executor.ExecutorMetrics} counts what was done.
 */
package org.mergetomix.executor;
