/**
 * What a task says of a model.
 *
 * <p>A task gives every example a score; {@link org.mergetomix.score.ExampleScores} keeps these
 * with their weights. Their mean is an {@link org.mergetomix.score.Estimate}: a number with the
 * error that comes from having measured on these examples and no others. Two models measured on the
 * same examples are compared example by example, which is far more exact than comparing their
 * means.
 *
 * <p>{@link org.mergetomix.score.Objective} turns the scores of several tasks into the one number
 * that ranks. {@link org.mergetomix.score.ScoreUnit} says what that number is measured in and which
 * way it improves, so that nothing else has to ask.
 */
package org.mergetomix.score;
