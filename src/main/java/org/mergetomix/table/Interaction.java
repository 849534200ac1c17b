package org.mergetomix.table;

import org.mergetomix.score.Estimate;

/**
 * What two datasets do together. A row of the interactions table.
 *
 * @param first the id of one
 * @param second the id of the other, after it in the order of ids
 * @param gain how much more (above 0) or less (below 0) one helps where the other is there already,
 *     in the score's unit; its error is NaN where none is known to hold
 * @param firstReplaced which share of what the first gains where the second is not there is gone
 *     where it is: 1 where the second replaces it, 0 where that changes nothing, below 0 where they
 *     help each other. The gain without the other is taken as the main effect less half of the
 *     interaction; NaN where there is none, or it is too small for a share of it to mean anything
 * @param secondReplaced the same of the second
 */
public record Interaction(
    String first, String second, Estimate gain, double firstReplaced, double secondReplaced) {}
