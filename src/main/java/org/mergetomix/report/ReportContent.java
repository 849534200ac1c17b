package org.mergetomix.report;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.statistics.BaselineChoice;
import org.mergetomix.statistics.BestOfSize;
import org.mergetomix.statistics.DatasetEffect;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.statistics.FidelityPoint;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.statistics.correction.CorrectedScores;
import org.mergetomix.surface.proposal.RoundPromise;
import org.mergetomix.table.Confirmation;
import org.mergetomix.table.Front;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RunRecord;
import org.mergetomix.table.SeenExamples;

/**
 * Everything that the report says of a run. Texts are plain, not HTML.
 *
 * @param run what the run record says
 * @param question what was asked, in one sentence
 * @param answer what came out, in one sentence
 * @param warnings what to know before the scores are trusted, as sentences; often none
 * @param unit what scores are measured in and which way they improve
 * @param top the first rows of the ranked table, best first; failed rows may follow
 * @param front the Pareto front over the tasks, and some mixtures beside it
 * @param seen how many examples the ranked mixtures saw
 * @param base the score of the base on the same examples, where it was evaluated
 * @param effects one per dataset, in any order; of a search of every mixture
 * @param model what a surface says of the scores, where there is one
 * @param mapped two datasets over whose weights the surface is drawn; none where there is no
 *     surface that knows them and a third
 * @param rounds of a search that went on round by round, its scores turned so that lower is better;
 *     none of one that did not
 * @param bestBySize in any order
 * @param fidelity how far surrogates can be trusted, where it was measured
 * @param fidelityPoints the mixtures it was measured on; empty without it
 * @param correction what real trainings say of all surrogates, where there are enough
 * @param corrected how far corrected scores can be trusted, each without its own training
 * @param baselines what would be chosen without experts, as far as something is known of datasets
 */
public record ReportContent(
    RunRecord run,
    String question,
    String answer,
    List<String> warnings,
    ScoreUnit unit,
    List<RankedRow> top,
    Front front,
    SeenExamples seen,
    Optional<Estimate> base,
    List<DatasetEffect> effects,
    Optional<ScoreModel> model,
    List<String> mapped,
    List<RoundPromise> rounds,
    List<BestOfSize> bestBySize,
    Optional<Fidelity> fidelity,
    List<FidelityPoint> fidelityPoints,
    Optional<CorrectedScores> correction,
    Optional<Fidelity> corrected,
    List<BaselineChoice> baselines) {

  public ReportContent {
    Objects.requireNonNull(run);
    Objects.requireNonNull(question);
    Objects.requireNonNull(answer);
    Objects.requireNonNull(unit);
    Objects.requireNonNull(base);
    Objects.requireNonNull(model);
    Objects.requireNonNull(fidelity);
    Objects.requireNonNull(correction);
    Objects.requireNonNull(corrected);
    warnings = List.copyOf(warnings);
    mapped = List.copyOf(mapped);
    rounds = List.copyOf(rounds);
    top = List.copyOf(top);
    Objects.requireNonNull(seen);
    effects = List.copyOf(effects);
    bestBySize = List.copyOf(bestBySize);
    fidelityPoints = List.copyOf(fidelityPoints);
    baselines = List.copyOf(baselines);
  }

  List<Confirmation> confirmations() {
    return run.fidelity().confirmations();
  }

  long failed() {
    return run.counts().failed();
  }

  /** How many mixtures the run has rows for, failed ones included. */
  long mixtures() {
    return run.counts().evaluated() + failed();
  }

  /** Turns a score so that lower is better, or back. */
  double lowerIsBetter(double score) {
    return unit.direction() == Direction.LOWER_IS_BETTER ? score : -score;
  }
}
