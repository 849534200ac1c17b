package org.mergetomix.evaluation;

/** What the examples of a task are for. */
public enum TaskSplit {
  /** They rank the mixtures. */
  SEARCH,
  /** They judge the winner, and take no part in choosing it. */
  CONFIRM
}
