/**
 * Reads the files that people write by hand, and says everything that is wrong with them at once.
 *
 * <p>{@link org.mergetomix.hocon.HoconFile} turns a file into values that remember their line.
 * {@link org.mergetomix.hocon.Section} hands those values out by key and type; whatever nobody
 * asked it for is an unknown key. {@link org.mergetomix.hocon.Findings} collects what was wrong on
 * the way. The rooms {@code config} and {@code manifest} say which keys there are.
 */
package org.mergetomix.hocon;
