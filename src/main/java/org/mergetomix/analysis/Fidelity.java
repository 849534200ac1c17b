package org.mergetomix.analysis;

/**
 * How far the ranking of surrogates can be trusted.
 *
 * @param mixtures how many mixtures were really fine-tuned
 * @param pearson linear correlation of surrogate and real scores
 * @param spearman rank correlation
 * @param kendall rank correlation, tau-b
 * @param topQuarterOverlap share of the really best quarter that the surrogates' best quarter
 *     holds, 0 to 1
 * @param regret how much worse the real score of the surrogates' choice is than the best real
 *     score, in the score's unit; never negative
 * @param relativeRegret the regret as a share of the best real score
 */
public record Fidelity(
    int mixtures,
    Correlation pearson,
    Correlation spearman,
    Correlation kendall,
    double topQuarterOverlap,
    double regret,
    double relativeRegret) {}
