package org.mergetomix.table;

import org.mergetomix.score.Estimate;

/**
 * A row of the corrected table: what a mixture should score if it were really trained, beside what
 * its surrogate scores.
 *
 * @param rank by the surrogates
 * @param mixture its id
 * @param score of its surrogate
 * @param correctedRank among the rows of this table, from 1
 * @param corrected the score with the correction, and the correction's error
 * @param real what it scored when it was really trained; NaN where it was not
 */
public record CorrectedRow(
    long rank, String mixture, double score, long correctedRank, Estimate corrected, double real) {}
