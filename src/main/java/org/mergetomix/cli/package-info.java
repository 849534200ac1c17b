/**
 * The command line: one class a sub-command, each of which parses, calls one action and prints its
 * result. {@link org.mergetomix.cli.CommandLineTool} puts them together and turns what goes wrong
 * into messages and exit codes; {@link org.mergetomix.cli.RunOptions} are the options that all of
 * them share; {@link org.mergetomix.cli.Console} is what a person sees.
 */
package org.mergetomix.cli;
