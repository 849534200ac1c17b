/**
 * The embedded example: which languages help Catalan?
 *
 * <p>{@link org.mergetomix.demo.LanguageNames} reads names from Unicode CLDR, of which {@link
 * org.mergetomix.demo.CountryQuestions} makes questions; {@link org.mergetomix.demo.Example} writes
 * them, and a Hugging Face folder pre-trained from {@link org.mergetomix.demo.InitialWeights}, as
 * the files that any user would bring. From there on the example runs the same commands as any
 * user. {@link org.mergetomix.demo.CorpusExample} has the same names as one corpus, to be divided.
 */
package org.mergetomix.demo;
