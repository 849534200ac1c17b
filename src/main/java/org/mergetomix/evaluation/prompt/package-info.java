/**
 * What stands before a model when it is asked: a {@link org.mergetomix.evaluation.prompt.Prompting}
 * puts worked examples ({@link org.mergetomix.evaluation.prompt.Shots}) before every question and
 * makes a {@link org.mergetomix.evaluation.prompt.Prompt} of them.
 */
package org.mergetomix.evaluation.prompt;
