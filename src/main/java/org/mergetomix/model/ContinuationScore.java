package org.mergetomix.model;

/**
 * How a model takes a continuation of a context.
 *
 * @param logProbability of all its tokens together, in nats
 * @param likeliest whether each token is the one that the model would have chosen
 */
public record ContinuationScore(double logProbability, boolean likeliest) {}
