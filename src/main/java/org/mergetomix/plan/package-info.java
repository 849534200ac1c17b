/**
 * What executors are told.
 *
 * <p>{@link org.mergetomix.plan.RunPlan} is all of it, broadcast once a run: the inputs by their
 * contents ({@link org.mergetomix.plan.FileInput}, {@link org.mergetomix.plan.ExpertInput}, {@link
 * org.mergetomix.plan.TextInput}), the merge method, the tasks ({@link
 * org.mergetomix.plan.TaskPlan}). It also gives the key of an evaluation, which is made of contents
 * and never of paths, and the id of the run. {@link org.mergetomix.plan.InputDigests} has the
 * inputs read for their digests, each by a Spark task; {@link org.mergetomix.plan.InputAccess} is
 * how a JVM gets at them. {@link org.mergetomix.plan.TaskShare} is what Spark is asked to give a
 * task: by it the driver decides precision and threads, and no executor decides them again. A
 * {@link org.mergetomix.plan.Portion} is what a task of a round is given: mixtures, and the
 * examples that they are evaluated on.
 */
package org.mergetomix.plan;
