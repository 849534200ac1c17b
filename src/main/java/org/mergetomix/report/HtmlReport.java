package org.mergetomix.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.mergetomix.report.chart.Figures;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.table.RunRecord;

/**
 * The report of a run as one HTML page: no script, nothing loaded from elsewhere, light and dark as
 * the reader's device is set, readable on a phone. It is well-formed XML too.
 */
public final class HtmlReport {

  private static final String STYLE_SHEET = "report.css";

  private HtmlReport() {}

  /**
   * Writes the page. Equal contents give equal pages, on every machine and in every locale; neither
   * a display nor fonts are needed. Thread-safe.
   *
   * @param content what to say; its texts are escaped here
   * @return the page, to be stored as UTF-8
   */
  public static String render(ReportContent content) {
    Markup page = Markup.document();
    page.open("html", "lang", "en").newLine();
    writeHead(page, content.question());
    page.open("body").newLine().open("main").newLine();
    writeOpening(page, content);
    TopSection.write(page, content);
    FrontSection.write(page, content);
    RaceSection.write(page, content.seen());
    EffectSection.write(page, content);
    BaselineSection.write(page, content);
    PairSection.write(page, content);
    ModelSection.write(page, content);
    RoundSection.write(page, content);
    SizeSection.write(page, content);
    PreflightSection.write(page, content.run().preflight());
    FidelitySection.write(page, content);
    CorrectionSection.write(page, content);
    ConfirmationSection.write(page, content);
    CostSection.write(page, content.run());
    RecordSection.write(page, content);
    return page.closeLine().closeLine().close().newLine().finish();
  }

  /** The head of any page of this room. */
  static void writeHead(Markup page, String title) {
    page.open("head").newLine();
    page.empty("meta", "charset", "utf-8").newLine();
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
        .newLine();
    page.empty("meta", "name", "color-scheme", "content", "light dark").newLine();
    page.line("title", title + " – merge-to-mix");
    page.line("style", "\n" + styleSheet());
    page.closeLine();
  }

  private static void writeOpening(Markup page, ReportContent content) {
    page.open("header").newLine();
    page.line("p", "merge-to-mix · run " + content.run().runId(), "class", "run");
    page.line("h1", content.question());
    page.line("p", content.answer(), "class", "answer");
    page.line("p", scope(content), "class", "scope");
    content.warnings().forEach(warning -> page.line("p", "Warning: " + warning));
    page.closeLine();
  }

  private static String scope(ReportContent content) {
    String evaluated =
        Figures.count(content.mixtures(), "mixture")
            + " of "
            + Figures.count(content.run().run().datasets().size(), "dataset")
            + " ("
            + String.join(", ", content.run().run().datasets())
            + "), each judged by a merged model in "
            + content.unit().describe()
            + "."
            + refined(content.run().counts())
            + chosen(content.run());
    if (content.failed() == 0) {
      return evaluated;
    }
    return evaluated
        + " "
        + Figures.count(content.failed())
        + " of them failed and "
        + (content.failed() == 1 ? "is" : "are")
        + " not ranked; the ranked table says why.";
  }

  private static String refined(RunRecord.Counts counts) {
    return counts.refined() == 0
        ? ""
        : " "
            + Figures.count(counts.refined())
            + (counts.refined() == 1 ? " of them is a ratio" : " of them are ratios")
            + ", refined from the best.";
  }

  /** Which part of the mixtures was evaluated, where it was a part. */
  private static String chosen(RunRecord run) {
    return run.counts().coversSpace()
        ? ""
        : " They are some of "
            + run.counts().possible()
            + " possible ones, chosen by the strategy "
            + run.search().ended().strategy()
            + ", which ended because "
            + run.search().ended().reason()
            + "; others may be better.";
  }

  /** It holds none of {@code < > &}, which a style element may not escape. */
  private static String styleSheet() {
    try (InputStream stream = HtmlReport.class.getResourceAsStream(STYLE_SHEET)) {
      if (stream == null) {
        throw new IllegalStateException("The jar lacks " + STYLE_SHEET);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
