/**
 * From surrogates to trained models: which mixtures are worth a real training ({@link
 * org.mergetomix.statistics.correction.TrainingPlan}), what those say about the others ({@link
 * org.mergetomix.statistics.correction.SurrogateCorrection}, {@link
 * org.mergetomix.statistics.correction.CorrectedScores}), and whether surrogates can be trusted at
 * all ({@link org.mergetomix.statistics.correction.Retention}).
 */
package org.mergetomix.statistics.correction;
