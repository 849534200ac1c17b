/**
 * What a surrogate is evaluated on. {@link org.mergetomix.evaluation.LanguageModelling} reads a
 * text file ({@link org.mergetomix.evaluation.TextExamples}), turns every example into windows of
 * tokens ({@link org.mergetomix.evaluation.Tokenizer}, {@link
 * org.mergetomix.evaluation.TokenWindow}), keeps them in fixed batches on the model's device
 * ({@link org.mergetomix.evaluation.TokenBatch}), and gives a score per example. Fine-tuning uses
 * the same reading, windows and batches.
 */
package org.mergetomix.evaluation;
