package org.mergetomix.evaluation.prompt;

/**
 * A question and its answer.
 *
 * @param asked what comes before the answer
 * @param delimiter what stands between them in a text
 * @param answer a right answer
 */
public record Turn(String asked, String delimiter, String answer) {}
