package org.mergetomix.family;

/** What reads the configuration of the models that one graph computes. Stateless. */
interface Architecture {

  /** Reads everything, and complains to {@code config} about what is wrong or not known. */
  Family read(ConfigFields config);
}
