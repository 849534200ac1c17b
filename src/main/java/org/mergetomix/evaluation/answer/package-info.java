/**
 * What becomes of a text that a model wrote: where it ends ({@link
 * org.mergetomix.evaluation.answer.TextEnding}), what of it is the answer ({@link
 * org.mergetomix.evaluation.answer.AnswerFilter}), and what does not count when it is compared
 * ({@link org.mergetomix.evaluation.answer.Normalisation}).
 */
package org.mergetomix.evaluation.answer;
