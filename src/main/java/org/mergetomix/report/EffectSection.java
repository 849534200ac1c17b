package org.mergetomix.report;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.mergetomix.report.chart.Bounds;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.LaneChart;
import org.mergetomix.report.chart.LaneChart.Lane;
import org.mergetomix.report.chart.LaneChart.Reference;
import org.mergetomix.report.chart.Legend;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.statistics.DatasetEffect;
import org.mergetomix.statistics.attribution.DatasetGain;
import org.mergetomix.statistics.attribution.ScoreModel;

/**
 * What each dataset does to the score: mixtures with it against mixtures without it, and shares.
 */
final class EffectSection {

  private static final String HELPS = "helps";
  private static final String HARMS = "harms";
  private static final String UNCLEAR = "unclear";

  private EffectSection() {}

  static void write(Markup page, ReportContent content) {
    page.open("section").newLine().line("h2", "Effect of each dataset");
    List<DatasetGain> gains = content.model().map(ScoreModel::gains).orElse(List.of());
    if (!content.effects().isEmpty()) {
      writeEffects(page, content);
    }
    if (!gains.isEmpty()) {
      GainChart.write(page, content, content.model().orElseThrow());
    } else if (content.effects().isEmpty()) {
      page.line(
          "p",
          "What a dataset does cannot be told: that takes each dataset alone and all together, or "
              + "every mixture.");
    }
    page.closeLine();
  }

  private static void writeEffects(Markup page, ReportContent content) {
    List<DatasetEffect> effects =
        content.effects().stream()
            .sorted(
                Comparator.comparingDouble((DatasetEffect effect) -> -effect.gain().value())
                    .thenComparing(DatasetEffect::dataset))
            .toList();
    Decimals gains = Decimals.of(effects.stream().map(DatasetEffect::gain).toList());
    page.line(
        "p",
        "How much better (right of zero) or worse (left of it) mixtures with a dataset score than "
            + "mixtures without it, averaged over all other choices.");
    page.open("figure").newLine();
    LaneChart.draw(
        page,
        "chart-effects",
        "Effect of each dataset on the score",
        "From the most helpful, " + effects.get(0).dataset() + ", to the least.",
        effects.stream().map(effect -> lane(effect, gains)).toList(),
        Optional.of(new Reference(0, "no effect")),
        "effect in " + content.unit().name());
    Legend.write(
        page,
        List.of(
            new Legend.Entry(Mark.TRIANGLE_UP, HELPS, HELPS),
            new Legend.Entry(Mark.TRIANGLE_DOWN, HARMS, HARMS),
            new Legend.Entry(Mark.RING, UNCLEAR, "unclear: the interval holds zero")));
    page.closeLine();
    writeTable(page, effects, gains);
    page.line(
        "p",
        "An average over mixtures: a dataset that helps on average may still harm beside some "
            + "others.",
        "class",
        "note");
  }

  private static String verdict(DatasetEffect effect) {
    Bounds interval = Bounds.of(effect.gain());
    if (interval.contains(0) || !Double.isFinite(interval.span())) {
      return UNCLEAR;
    }
    return interval.low() > 0 ? HELPS : HARMS;
  }

  private static Lane lane(DatasetEffect effect, Decimals gains) {
    String verdict = verdict(effect);
    Mark mark =
        switch (verdict) {
          case HELPS -> Mark.TRIANGLE_UP;
          case HARMS -> Mark.TRIANGLE_DOWN;
          default -> Mark.RING;
        };
    return new Lane(
        effect.dataset(), gains.formatSigned(effect.gain()), effect.gain(), mark, verdict);
  }

  private static void writeTable(Markup page, List<DatasetEffect> effects, Decimals gains) {
    Decimals scores = Decimals.of(effects.stream().map(DatasetEffect::with).toList());
    Table.write(
        page,
        "Effect of each dataset",
        List.of(
            Column.id("Dataset"),
            Column.number("Mean score with it"),
            Column.number("Without it"),
            Column.number("Gain"),
            Column.text("Verdict")),
        effects.stream()
            .map(
                effect ->
                    List.of(
                        effect.dataset(),
                        scores.format(effect.with()),
                        scores.format(effect.without()),
                        gains.formatSigned(effect.gain()),
                        verdict(effect)))
            .toList());
  }
}
