/**
 * What a run writes and how it becomes durable: {@link org.mergetomix.output.OutputFiles} are whole
 * files, {@link org.mergetomix.output.Commits} make tables durable that are appended to, {@link
 * org.mergetomix.output.ReplacedTable} is one that is replaced, {@link
 * org.mergetomix.output.DriverNotice} says who is at work on an output, and {@link
 * org.mergetomix.output.Failures} what the user has to mend.
 */
package org.mergetomix.output;
