package org.mergetomix.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.LaneChart;
import org.mergetomix.report.chart.Legend;
import org.mergetomix.report.chart.Mark;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.report.chart.Table;
import org.mergetomix.report.chart.Table.Column;
import org.mergetomix.score.Estimate;
import org.mergetomix.table.PartRow;

/** What is in the parts of a divided corpus, as one HTML page like the report. */
public final class DivisionPage {

  /** A map of more parts shows nothing; the table has all cosines. */
  private static final int MOST_MAPPED = 64;

  private static final int WORDS_OF_A_LANE = 3;

  private DivisionPage() {}

  /**
   * Writes the page; it is as safe and repeatable as {@link HtmlReport#render}.
   *
   * @param corpus where it lies
   * @param how it was divided, as the end of a sentence
   * @param empty how many rows were left out because there is nothing in them
   * @param parts two or more, in the order of their ids
   */
  public static String render(String corpus, String how, long empty, List<PartRow> parts) {
    Markup page = Markup.document();
    page.open("html", "lang", "en").newLine();
    HtmlReport.writeHead(page, "Parts of " + corpus);
    page.open("body").newLine().open("main").newLine();
    page.open("header").newLine();
    page.line("h1", "Parts of " + corpus);
    long rows = parts.stream().mapToLong(PartRow::rows).sum();
    page.line(
        "p",
        "%s in %s".formatted(Figures.count(rows, "row"), Figures.count(parts.size(), "part")),
        "class",
        "answer");
    page.line("p", scope(how, empty, parts), "class", "scope");
    page.closeLine();
    writeSizes(page, parts);
    writeContents(page, parts);
    writeTargets(page, parts);
    writeCosines(page, parts);
    return page.closeLine().closeLine().close().newLine().finish();
  }

  private static String scope(String how, long empty, List<PartRow> parts) {
    long near = parts.stream().mapToLong(PartRow::nearDuplicates).sum();
    return "Divided "
        + how
        + ". "
        + Figures.count(near, "row")
        + (near == 1 ? " is" : " are")
        + " nearly the same as an earlier one."
        + (empty == 0
            ? ""
            : " "
                + Figures.count(empty, "row")
                + (empty == 1 ? " was" : " were")
                + " empty, and left out.");
  }

  private static void writeSizes(Markup page, List<PartRow> parts) {
    page.open("section").newLine().line("h2", "How large each part is");
    PartRow largest = parts.stream().max(Comparator.comparingLong(PartRow::rows)).orElseThrow();
    page.open("figure").newLine();
    LaneChart.draw(
        page,
        "chart-sizes",
        "Shares of the rows",
        "The largest part is %s with %s of the rows."
            .formatted(largest.part(), Figures.percent(largest.share())),
        parts.stream()
            .map(
                part ->
                    new LaneChart.Lane(
                        laneName(part),
                        Figures.count(part.rows(), "row") + ", " + Figures.percent(part.share()),
                        new Estimate(100 * part.share(), Double.NaN),
                        Mark.SQUARE,
                        "lead"))
            .toList(),
        Optional.of(new LaneChart.Reference(0, "")),
        "% of the rows");
    page.line(
        "figcaption",
        "Shares are also the mixture in proportion to size, which knows nothing of the target.");
    page.closeLine().closeLine();
  }

  private static String laneName(PartRow part) {
    String words =
        part.label().isEmpty() || part.label().equals(part.part())
            ? String.join(" ", part.words().stream().limit(WORDS_OF_A_LANE).toList())
            : part.label();
    return words.isEmpty() ? part.part() : part.part() + " · " + words;
  }

  private static void writeContents(Markup page, List<PartRow> parts) {
    page.open("section").newLine().line("h2", "What is in each part");
    page.line(
        "p",
        "Telling words are those that its rows have more often than other rows, by the"
            + " log-likelihood ratio. Distances are between the features of a row and their mean"
            + " over the part: 0 for rows that are all alike, about 1 for rows that share"
            + " nothing.");
    Table.write(
        page,
        "What is in each part",
        List.of(
            Column.id("Part"),
            Column.number("Rows"),
            Column.number("Nearly the same"),
            Column.number("Characters"),
            Column.number("Distance, mean"),
            Column.number("greatest"),
            Column.text("Telling words")),
        parts.stream()
            .map(
                part ->
                    List.of(
                        part.part(),
                        Figures.count(part.rows()),
                        Figures.count(part.nearDuplicates()),
                        Figures.count(part.characters()),
                        figure(part.meanDistance()),
                        figure(part.greatestDistance()),
                        String.join(", ", part.words())))
            .toList());
    page.open("details").newLine().line("summary", "The rows nearest to each centre");
    for (PartRow part : parts) {
      page.line("h3", part.part());
      page.open("ul").newLine();
      part.nearest().forEach(row -> page.line("li", row));
      page.closeLine();
    }
    page.closeLine().closeLine();
  }

  private static void writeTargets(Markup page, List<PartRow> parts) {
    List<String> tasks = List.copyOf(parts.get(0).similarity().keySet());
    boolean measured = parts.get(0).isMeasured();
    if (tasks.isEmpty() && !measured) {
      return;
    }
    page.open("section").newLine().line("h2", "Choosing without experts");
    page.line(
        "p",
        "What could be chosen by without training anything: the size of a part"
            + (tasks.isEmpty()
                ? ""
                : ", how similar it is to the data of a task, as the cosine of their mean features")
            + (measured
                ? ", the base's loss on a sample of its rows, the highest first or the lowest"
                : "")
            + ". Compare a search with it.");
    List<Column> columns = new ArrayList<>(List.of(Column.id("Part"), Column.number("Share")));
    tasks.forEach(task -> columns.add(Column.number("Similarity to " + task)));
    if (measured) {
      columns.add(Column.number("Base loss, bits per byte"));
    }
    Table.write(
        page,
        "What could be chosen by, of each part",
        columns,
        parts.stream()
            .sorted(
                Comparator.comparing(
                        (PartRow part) ->
                            -(tasks.isEmpty()
                                ? part.baseLoss()
                                : part.similarity().get(tasks.get(0))))
                    .thenComparing(PartRow::part))
            .map(part -> cells(part, tasks, measured))
            .toList());
    page.closeLine();
  }

  private static List<String> cells(PartRow part, List<String> tasks, boolean measured) {
    List<String> cells = new ArrayList<>(List.of(part.part(), Figures.percent(part.share())));
    tasks.forEach(task -> cells.add(figure(part.similarity().get(task))));
    if (measured) {
      cells.add(new Decimals(3).format(part.baseLoss()));
    }
    return List.copyOf(cells);
  }

  private static void writeCosines(Markup page, List<PartRow> parts) {
    if (parts.size() > MOST_MAPPED) {
      return;
    }
    Map<String, PartRow> byId = new HashMap<>();
    parts.forEach(part -> byId.put(part.part(), part));
    page.open("section").newLine().line("h2", "How alike the parts are");
    page.open("figure").newLine();
    CosineMap.draw(
        page,
        "Cosines between the parts' mean features",
        parts.stream().map(PartRow::part).toList(),
        (one, other) -> byId.get(one).cosines().get(other));
    Legend.write(
        page, List.of(new Legend.Entry(Mark.SQUARE, "tied", "the same features (cosine 1)")));
    page.line("figcaption", "Cosine between the mean features of two parts.");
    page.closeLine().closeLine();
  }

  private static String figure(double number) {
    return new Decimals(2).format(number);
  }
}
