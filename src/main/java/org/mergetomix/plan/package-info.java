/**
 * What executors are told: the inputs by their contents, the merge method, the tasks. It is
 * broadcast once a run.
 */
package org.mergetomix.plan;
