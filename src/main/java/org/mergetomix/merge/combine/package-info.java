/**
 * How the deltas of a mixture's experts become one: a {@link
 * org.mergetomix.merge.combine.Combination} is data, a {@link org.mergetomix.merge.combine.Kernel}
 * its arithmetic on a chunk of elements.
 */
package org.mergetomix.merge.combine;
