/**
 * Numbers from tables, with the errors that were shown to hold.
 *
 * <p>Which mixture is best, and how sure is that? {@link org.mergetomix.statistics.PairedGap} (tied
 * set, bound on the regret) and {@link org.mergetomix.statistics.BootstrapRanks}. With how few
 * examples? {@link org.mergetomix.statistics.Race}. Which datasets help, and with which others?
 * {@link org.mergetomix.statistics.Attribution}. Can surrogates be trusted, and be corrected by a
 * few real trainings? {@link org.mergetomix.statistics.Retention} and {@link
 * org.mergetomix.statistics.SurrogateCorrection}.
 *
 * <p>Lower scores are better here.
 */
package org.mergetomix.statistics;
