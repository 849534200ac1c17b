/**
 * What a merge method does to each delta before it is added, once per expert and host. A {@link
 * org.mergetomix.merge.sparsify.Sparsifier} says which elements it keeps, by size ({@link
 * org.mergetomix.merge.sparsify.MagnitudeBand}), by chance ({@link
 * org.mergetomix.merge.sparsify.RandomDrop}) or by both ({@link
 * org.mergetomix.merge.sparsify.RankedRandomDrop}), and by what those are multiplied. It reads a
 * {@link org.mergetomix.merge.sparsify.DeltaScan} and makes a {@link
 * org.mergetomix.merge.sparsify.PreparedDelta}: the delta as it lies there, with a bit for each
 * element.
 */
package org.mergetomix.merge.sparsify;
