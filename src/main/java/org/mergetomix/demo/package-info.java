/**
 * The embedded example: which languages help Catalan?
 *
 * <p>{@link org.mergetomix.demo.LanguageNames} reads names from Unicode CLDR, {@link
 * org.mergetomix.demo.ExampleFiles} writes them and a small model as the files that any user would
 * bring, and {@link org.mergetomix.demo.Demo} then runs the same actions that a user would run.
 */
package org.mergetomix.demo;
