/**
 * What a run writes and how it becomes durable: whole files, commits of tables, and who is at work
 * on an output.
 */
package org.mergetomix.output;
