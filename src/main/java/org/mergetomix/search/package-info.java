/**
 * Which mixtures to evaluate next, given what is known.
 *
 * <p>A {@link org.mergetomix.search.SearchStrategy} is shown a {@link
 * org.mergetomix.search.Standing}, an {@link org.mergetomix.search.Answer} a mixture, and proposes
 * a {@link org.mergetomix.search.Round}; it sees nothing else, so what it proposes does not depend
 * on timing, on the cluster, or on how often a search was killed. {@link
 * org.mergetomix.search.ExhaustiveSearch} takes every mixture of a space, {@link
 * org.mergetomix.search.GivenMixtures} those that somebody picked: the base is one of them. {@link
 * org.mergetomix.search.RefinedSearch} lets ratios follow what another search found, {@link
 * org.mergetomix.search.RacedSearch} a race on the examples between what it evaluated.
 */
package org.mergetomix.search;
