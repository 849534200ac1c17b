/**
 * Which mixtures to evaluate next, given what is known. A {@link
 * org.mergetomix.search.SearchStrategy} is shown a {@link org.mergetomix.search.Standing} and
 * proposes a {@link org.mergetomix.search.Round}; it sees nothing else, so what it proposes does
 * not depend on timing, on the cluster, or on how often a search was killed.
 */
package org.mergetomix.search;
