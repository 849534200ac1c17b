/**
 * How the deltas of a mixture's experts become one. A {@link
 * org.mergetomix.merge.combine.Combination} is data: a weighted sum, an election of signs, a model
 * stock, or SCE. Its {@link org.mergetomix.merge.combine.Kernel} is the arithmetic on a chunk of
 * elements, over sums that neighbouring mixtures can share; where they cannot, it is a {@link
 * org.mergetomix.merge.combine.MergedDelta} of the whole mixture.
 */
package org.mergetomix.merge.combine;
