/**
 * The actions: what a user can ask for, done as Spark jobs.
 *
 * <p>An action is made from a session, a manifest and a configuration; its {@code run()} plans,
 * works and returns an immutable result. {@link org.mergetomix.spark.ManifestAction} reads what the
 * user has, {@link org.mergetomix.spark.CheckAction} looks at all of it and writes nothing, {@link
 * org.mergetomix.spark.FineTuneAction} makes experts, {@link org.mergetomix.spark.SearchAction}
 * ranks mixtures, {@link org.mergetomix.spark.RankAction} the same ones by another objective,
 * {@link org.mergetomix.spark.FidelityAction} really fine-tunes some of them, {@link
 * org.mergetomix.spark.GivenFidelityAction} takes the scores of models that were trained elsewhere,
 * {@link org.mergetomix.spark.NextTrainings} says which are worth a training, {@link
 * org.mergetomix.spark.ReportAction} and {@link org.mergetomix.spark.ExportAction} write what was
 * found, {@link org.mergetomix.spark.TrackingAction} tells it an MLflow server. {@link
 * org.mergetomix.spark.ReplayAction} runs strategies against scores that are there. {@link
 * org.mergetomix.spark.DivideAction} makes datasets of one corpus, {@link
 * org.mergetomix.spark.VocabularyAction} the base with the tokens that experts added.
 *
 * <p>The way of a search, all of it in {@code SearchAction}: {@code InputCheck} finds what is wrong
 * with the inputs, {@code MemoryCheck} whether an executor can hold them; {@code RunPlan} says
 * everything that an executor needs and is broadcast; {@code MeasuredBaselines} what could be
 * chosen by without experts; {@code RunRecords} begins the record of the run, {@code
 * TaskDescription} writes what the tasks ask, {@code Preflights} measures the experts; {@code
 * round} has what a strategy proposes evaluated and committed; {@code Ranking} turns the
 * evaluations into the ranked table; {@code RidgeRival} says how well MLlib's ridge regression
 * predicts its scores, beside the surfaces; {@code MixedDevices} warns where they come from more
 * than one kind of device.
 *
 * <p>Trainings are {@code TrainingPlan}, which makes the jobs, and {@code TrainingJobs}, which has
 * the missing ones done; {@code ScoreModels} scores whole models beside them. {@code DatasetLosses}
 * scores merges on rows of the datasets themselves. {@link org.mergetomix.spark.MetricsPlugin}
 * tells Spark's metrics what every executor did, and keeps its name, which stands in users'
 * configurations.
 */
package org.mergetomix.spark;
