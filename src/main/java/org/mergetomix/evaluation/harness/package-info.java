/**
 * Tasks of lm-eval, the harness that a worker runs: what it is asked for ({@link
 * org.mergetomix.evaluation.harness.HarnessTask}), and what it told of that before anything is
 * evaluated ({@link org.mergetomix.evaluation.harness.HarnessContents}).
 */
package org.mergetomix.evaluation.harness;
