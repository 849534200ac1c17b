/**
 * Fine-tuning a model on a mixture of datasets. {@link org.mergetomix.training.MixtureSampler}
 * draws windows of the datasets in the mixture's proportions, {@link
 * org.mergetomix.training.FineTuning} says what, how long and how fast to train, {@link
 * org.mergetomix.training.FineTuner} does it on a live model: on all of its parameters, or on the
 * factors of a {@link org.mergetomix.training.LowRankAdapter}. Everything is drawn from a seed, so
 * the same inputs give the same model.
 */
package org.mergetomix.training;
