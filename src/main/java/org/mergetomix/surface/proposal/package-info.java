/**
 * What to evaluate next, and when to stop: pure functions of what was evaluated.
 *
 * <p>A {@link org.mergetomix.surface.proposal.Proposer} is given the {@link
 * org.mergetomix.surface.proposal.History} and the {@link
 * org.mergetomix.surface.proposal.AllowedSubsets} and answers with a {@link
 * org.mergetomix.surface.proposal.SearchStep}. Nothing is kept between steps, so a search that was
 * killed goes on where it stood. {@link org.mergetomix.surface.proposal.RatioProposer} goes from
 * subsets to ratios.
 */
package org.mergetomix.surface.proposal;
