/**
 * What a surrogate is evaluated on. A {@link org.mergetomix.evaluation.TaskKind} turns data into
 * {@link org.mergetomix.evaluation.TaskExample}s in one order, into {@link
 * org.mergetomix.evaluation.TaskQuestions} for an engine, and answers into scores. An {@link
 * org.mergetomix.evaluation.Evaluator} is an engine with the tasks that were prepared for it;
 * {@link org.mergetomix.evaluation.LiveModelEvaluator} is the one in this process, which keeps the
 * windows of every block in fixed batches on the model's device.
 *
 * <p>{@link org.mergetomix.evaluation.LanguageModelling} is the kind there is: it reads a text file
 * ({@link org.mergetomix.evaluation.TextExamples}) and turns every example into windows of tokens
 * ({@link org.mergetomix.evaluation.Tokenizer}, {@link org.mergetomix.evaluation.TokenWindow});
 * where the tokenizer comes from is a {@link org.mergetomix.evaluation.TokenizerSource}.
 * Fine-tuning uses the same reading, windows and batches ({@link
 * org.mergetomix.evaluation.TokenBatch}).
 */
package org.mergetomix.evaluation;
