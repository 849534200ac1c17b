/**
 * Which mixture to choose, and how sure that is: the tied set and the bound on the regret of {@link
 * org.mergetomix.statistics.decision.PairedGap}, intervals of ranks, the Pareto front over several
 * tasks, and races on a part of the examples. What is called an interval here was measured to hold.
 */
package org.mergetomix.statistics.decision;
