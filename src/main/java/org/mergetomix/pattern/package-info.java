/**
 * Regular expressions that came from outside: {@link org.mergetomix.pattern.BoundedPattern} comes
 * to an end, {@link org.mergetomix.pattern.PythonPattern} means what Python's {@code re} means by
 * it.
 */
package org.mergetomix.pattern;
