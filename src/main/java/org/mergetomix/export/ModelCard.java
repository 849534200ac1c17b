package org.mergetomix.export;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.score.Estimate;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RunRecord;

/**
 * The model card of a surrogate: {@code README.md}, with the metadata that the Hugging Face hub
 * reads at its head, the recipe, and what is known of the model's score.
 */
public final class ModelCard {

  /** What the file is called. */
  public static final String FILE = "README.md";

  /** A model in the hub's cache, whose folder is made of its id. */
  private static final Pattern CACHED = Pattern.compile("(?:^|/)models--([^/]+)/snapshots/");

  private static final String NOT_SCORED =
      "No finished search that is known here has scored this mixture.";

  private final RunPlan plan;
  private final Mixture mixture;
  private final List<String> lines = new ArrayList<>();

  private ModelCard(RunPlan plan, Mixture mixture) {
    this.plan = plan;
    this.mixture = mixture;
  }

  /**
   * How a search judged the mixture.
   *
   * @param record of the run, which has ended and merged as the export does
   * @param row of the mixture, which has a rank
   */
  public record Judged(RunRecord record, RankedRow row) {

    /**
     * Whether a run merged what an export merges: the same base and experts by the same method.
     *
     * @param plan of the export
     * @param mixture what it exports
     */
    public static boolean sameMerge(RunRecord record, RunPlan plan, Mixture mixture) {
      SortedMap<String, String> ofRun = record.run().identity();
      SortedMap<String, String> ofExport = plan.identity();
      return Stream.concat(
              Stream.of("base", "base family", "merge.method"),
              mixture.datasets().stream().map(dataset -> "expert " + dataset))
          .allMatch(
              key ->
                  Optional.ofNullable(ofRun.get(key))
                      .equals(Optional.ofNullable(ofExport.get(key))));
    }
  }

  /**
   * The text of a card.
   *
   * @param plan of the export
   * @param judged how a search judged the mixture; empty if none did
   */
  public static String of(RunPlan plan, Mixture mixture, Optional<Judged> judged) {
    ModelCard card = new ModelCard(plan, mixture);
    card.metadata();
    card.recipe();
    card.lines.add("");
    card.lines.add("## Score");
    card.lines.add("");
    judged.ifPresentOrElse(card::score, () -> card.lines.add(NOT_SCORED));
    judged.ifPresent(found -> card.checked(found.record()));
    return String.join("\n", card.lines) + "\n";
  }

  private void metadata() {
    lines.add("---");
    lines.add("base_model:");
    lines.add("- " + quoted(hubId(plan.base().path())));
    mixture.datasets().stream()
        .map(dataset -> hubId(plan.experts().get(dataset).path()))
        .distinct()
        .forEach(expert -> lines.add("- " + quoted(expert)));
    lines.add("datasets:");
    mixture.datasets().forEach(dataset -> lines.add("- " + quoted(dataset)));
    if (!plan.base().path().endsWith(".safetensors")) {
      lines.add("library_name: transformers");
    }
    lines.add("tags:");
    lines.add("- merge");
    lines.add("- merge-to-mix");
    lines.add("---");
  }

  private void recipe() {
    lines.add("");
    lines.add("# " + mixture);
    lines.add("");
    lines.add(
        "Merged from models that were fine-tuned from one base, a dataset each. It stands for a"
            + " model fine-tuned on the mixture of these datasets, and is not one.");
    lines.add("");
    lines.add("| dataset | weight | expert | sha256 |");
    lines.add("|---|---|---|---|");
    for (String dataset : mixture.datasets()) {
      lines.add(
          "| %s | %s | %s | `%s` |"
              .formatted(
                  dataset,
                  String.format(Locale.ROOT, "%.4g", mixture.weight(dataset)),
                  code(plan.experts().get(dataset).path()),
                  plan.experts().get(dataset).digest()));
    }
    lines.add("");
    lines.add("- Base: %s, sha256 `%s`".formatted(code(plan.base().path()), plan.base().digest()));
    lines.add("- Merge method: " + plan.method().describe());
    lines.add("- `mixture.json` has the data and their shares, for a trainer.");
  }

  private void score(Judged judged) {
    RankedRow row = judged.row();
    RunRecord record = judged.record();
    String judgement =
        row.dropped()
            ? "Dropped after %s examples from a race of %s mixtures, of %s: the scores of tasks are on"
                    .formatted(
                        row.examples(), record.counts().evaluated(), record.counts().possible())
                + " these examples, those of the base on all."
            : "%s %s, rank %s of %s mixtures that were evaluated, of %s."
                .formatted(
                    shown(row.score()),
                    record.search().objective().unit(),
                    row.rank().orElseThrow(),
                    record.counts().evaluated(),
                    record.counts().possible());
    lines.add(judgement + " After ± stands half a 95 % interval over the choice of examples.");
    lines.add("");
    lines.add("| task | this merge | the base |");
    lines.add("|---|---|---|");
    row.taskScores()
        .forEach(
            (task, score) ->
                lines.add(
                    "| %s | %s | %s |"
                        .formatted(
                            task,
                            shown(score),
                            Optional.ofNullable(record.search().base().get(task))
                                .map(ModelCard::shown)
                                .orElse(""))));
  }

  private void checked(RunRecord record) {
    lines.add("");
    lines.add("## How the ranking was checked");
    lines.add("");
    SortedMap<String, Double> figures = record.fidelity().figures();
    if (!figures.containsKey("mixtures")) {
      lines.add(
          "It was not: no models were really fine-tuned to compare it with. A surrogate's score is"
              + " no forecast of a trained model's.");
      return;
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "%.0f mixtures were really fine-tuned and compared with their surrogates: %s.",
            figures.get("mixtures"),
            String.join(
                ", ",
                correlation("Pearson", figures),
                correlation("Spearman", figures),
                correlation("Kendall", figures))));
  }

  private static String correlation(String name, SortedMap<String, Double> figures) {
    String key = name.toLowerCase(Locale.ROOT);
    return String.format(
        Locale.ROOT,
        "%s %.3f (%.3f to %.3f)",
        name,
        figures.get(key),
        figures.get(key + "_low"),
        figures.get(key + "_high"));
  }

  private static String shown(Estimate estimate) {
    return estimate.hasError()
        ? String.format(Locale.ROOT, "%.4f ± %.4f", estimate.value(), estimate.margin())
        : String.format(Locale.ROOT, "%.4f", estimate.value());
  }

  /** The id of a model in the hub's cache; of any other its path. */
  private static String hubId(String path) {
    Matcher cached = CACHED.matcher(path);
    return cached.find() ? cached.group(1).replace("--", "/") : path;
  }

  /** A path in a table's cell. */
  private static String code(String path) {
    return "`" + path.replace("|", "\\|") + "`";
  }

  /** YAML reads double quotes as JSON does. */
  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
