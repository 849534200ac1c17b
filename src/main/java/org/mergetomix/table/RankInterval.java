package org.mergetomix.table;

import java.io.Serializable;

/**
 * Where a mixture could stand among those that are ranked, were the examples drawn anew.
 *
 * @param low the better end of the 95 % interval of its rank, from 1
 * @param high the worse end
 * @param bestShare in which share of the draws it came first, from 0 to 1: to compare mixtures
 *     with, no probability
 */
public record RankInterval(long low, long high, double bestShare) implements Serializable {}
