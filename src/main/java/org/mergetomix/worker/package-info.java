/**
 * An evaluator, or a trainer, in a process beside this one.
 *
 * <p>A {@link org.mergetomix.worker.SharedFileTarget} is what surrogates are merged into: a
 * safetensors file in shared memory, overwritten in place. {@link
 * org.mergetomix.worker.WorkerEvaluator} has a process read it and say how likely each window of
 * the tasks is; scores are made of that here, as for every engine. A worker may be given the
 * experts' factors once, and merge by itself: then a {@link org.mergetomix.worker.FoldingMerger}
 * writes nothing but numbers. {@link org.mergetomix.worker.WorkerLaunch} starts the process: a
 * user's own command, or the Python package that lies beside this room's classes.
 *
 * <p>{@link org.mergetomix.worker.TrainerProcess} runs a command that trains: it is given a {@link
 * org.mergetomix.worker.TrainerJob} in a {@link org.mergetomix.worker.TrainerFolder} and leaves a
 * {@link org.mergetomix.worker.TrainerResult} there. {@code ChildProcess} is what both have in
 * common: how a process is started, heard and ended.
 *
 * <p>The protocol is JSON, a line each, over the standard input and output of the process; {@code
 * WorkerProcess} speaks it with a worker and ends a process that does otherwise. CONTRIBUTING
 * describes it. Nothing outlives this process: a worker ends when its input does, and the file has
 * no name once a worker has opened it; {@code SharedFolder} removes what a kill between the two
 * left behind.
 */
package org.mergetomix.worker;
