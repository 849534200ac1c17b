package org.mergetomix.evaluation;

import java.io.Serializable;

/**
 * The data of a task, and what it is known by.
 *
 * @param text the text, on this host
 * @param digest the sha256 of its bytes, in hex: what the order of its examples is drawn from
 */
public record TaskData(TextData text, String digest) implements Serializable {}
