/**
 * Makes datasets of one corpus. {@link org.mergetomix.spark.divide.Corpus} reads its rows, each
 * under an id that says where it stands; {@link org.mergetomix.spark.divide.RowFeatures} makes
 * vectors of them; {@link org.mergetomix.spark.divide.NearDuplicates} finds rows that stay
 * together; {@link org.mergetomix.spark.divide.Clustering} makes parts of the others; {@link
 * org.mergetomix.spark.divide.PartSums} and {@link org.mergetomix.spark.divide.TellingWords} say
 * what is in each.
 *
 * <p>The same parts come out whatever the number of cores and partitions: nothing is drawn but by
 * the hash of a row's text, and features are multiples of 2^-20, so that sums of them are exact in
 * any order.
 */
package org.mergetomix.spark.divide;
