/**
 * What a surrogate is evaluated on. A {@link org.mergetomix.evaluation.TaskKind} turns data into
 * {@link org.mergetomix.evaluation.TaskExample}s in one order, into {@link
 * org.mergetomix.evaluation.TaskQuestions} for an engine, and answers into scores. An {@link
 * org.mergetomix.evaluation.Evaluator} is an engine with the tasks that were prepared for it;
 * {@link org.mergetomix.evaluation.LiveModelEvaluator} is the one in this process, which keeps the
 * windows of every block in fixed batches on the model's device.
 *
 * <p>{@link org.mergetomix.evaluation.LanguageModelling}, {@link
 * org.mergetomix.evaluation.MultipleChoice}, {@link org.mergetomix.evaluation.Classification} and
 * {@link org.mergetomix.evaluation.ExactMatch} are the kinds there are; {@link
 * org.mergetomix.evaluation.SampledModelling} is the first on a sample of rows. The first three ask
 * {@link org.mergetomix.evaluation.LikelihoodQuestions}: they turn every example into windows of
 * tokens ({@link org.mergetomix.evaluation.Tokenizer}, {@link
 * org.mergetomix.evaluation.TokenWindow}), and a {@link org.mergetomix.evaluation.Scoring} makes
 * scores of the answers. The last asks {@link org.mergetomix.evaluation.WritingQuestions}, and a
 * {@link org.mergetomix.evaluation.WritingScoring} judges what the model wrote. Where the tokenizer
 * comes from is a {@link org.mergetomix.evaluation.TokenizerSource}. Fine-tuning uses the same
 * examples, windows and batches ({@link org.mergetomix.evaluation.TextData}, {@link
 * org.mergetomix.evaluation.TokenBatch}).
 */
package org.mergetomix.evaluation;
