package org.mergetomix.evaluation;

/**
 * A line of a text file.
 *
 * @param number from 1, blank lines counted
 * @param text without its end
 */
public record TextLine(int number, String text) {}
