package org.mergetomix.manifest;

/** What a manifest's files are needed for. */
public enum Purpose {
  /** Merging and evaluating: base, experts, data of the tasks. */
  SEARCHING,
  /** Fine-tuning experts or mixtures: base, data of the datasets. */
  FINE_TUNING,
  /** Judging the winner on data that took no part in choosing it: what tasks call confirm. */
  CONFIRMING
}
