package org.mergetomix.manifest;

/** How a task turns a model into a score. */
public enum TaskKind {
  /** Negative log-likelihood of each line of a text. */
  LANGUAGE_MODELLING
}
