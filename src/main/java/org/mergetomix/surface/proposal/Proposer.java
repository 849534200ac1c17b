package org.mergetomix.surface.proposal;

/**
 * A way to search: what to evaluate next, given what was. The same history gives the same step, in
 * whatever process. Safe for use by several threads unless it says otherwise.
 */
public interface Proposer {

  /** The next step. */
  SearchStep next(History history);
}
