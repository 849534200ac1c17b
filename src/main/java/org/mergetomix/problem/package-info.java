/**
 * What is said to a user who has to mend something: {@link org.mergetomix.problem.Problem} is one
 * such thing, {@link org.mergetomix.problem.UserException} carries all that were found, {@link
 * org.mergetomix.problem.ExitCode} is how the process then ends. Every room may use this one; it
 * uses none.
 */
package org.mergetomix.problem;
