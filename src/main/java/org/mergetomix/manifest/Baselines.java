package org.mergetomix.manifest;

import java.util.Map;

/**
 * The baselines that this program finds itself, by the names that they have in a manifest. Like all
 * of them, they choose the datasets with the greatest numbers.
 */
public final class Baselines {

  /** The dataset's share of all rows. */
  public static final String SHARE = "share";

  /** The base's bits per byte: the greatest are of what it knows least of. */
  public static final String LOSS = "base loss";

  /** The same with the other sign: the greatest are of what the base knows best. */
  public static final String LOG_LIKELIHOOD = "base log-likelihood";

  private Baselines() {}

  /** The name of the similarity to a task's data. */
  public static String similarityTo(String task) {
    return "similarity to " + task;
  }

  /** Both choices that a loss of the base makes. */
  public static Map<String, Double> ofLoss(double bitsPerByte) {
    return Map.of(LOSS, bitsPerByte, LOG_LIKELIHOOD, -bitsPerByte);
  }
}
