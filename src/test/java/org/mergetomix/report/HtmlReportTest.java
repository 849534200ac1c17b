package org.mergetomix.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.mergetomix.table.RunRecord;
import org.mergetomix.table.SeenExamples;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlReportTest {

  /**
   * After a deliberate change, replace it by what {@link RenderSmallContent} prints and look at it.
   */
  private static final String GOLDEN = "small-report.html";

  @Test
  void saysTheSameAsTheGoldenPage() throws Exception {
    try (InputStream stream = HtmlReportTest.class.getResourceAsStream(GOLDEN)) {
      assertThat(HtmlReport.render(SmallContent.whole()))
          .isEqualTo(new String(stream.readAllBytes(), UTF_8));
    }
  }

  @Test
  void escapesWhateverUsersAndErrorsSay() throws Exception {
    String script = "<script>alert(\"x\")</script>";
    String html =
        HtmlReport.render(
            SmallContent.failing(
                "Is " + script + " & 'co' safe?", "a\"'" + script, "at C:\\<b>\u0000"));

    assertThat(html).doesNotContain("<script", "<b>").contains("&lt;script&gt;");
    Document page = parse(html);
    assertThat(page.getElementsByTagName("h1").item(0).getTextContent())
        .isEqualTo("Is " + script + " & 'co' safe?");
    assertThat(texts(page, "td")).contains("a\"'" + script, "failed: at C:\\<b>\uFFFD");
  }

  @Test
  void escapesNamesInsideChartsToo() throws Exception {
    String name = "</svg><img src=x onerror=\"alert(1)\">";
    String html =
        HtmlReport.render(SmallContent.withTop(List.of(SmallContent.row(1, name, 3.1, 0))));

    assertThat(html).doesNotContain("<img");
    assertThat(texts(parse(html), "text")).anyMatch(text -> text.startsWith("</svg><img"));
  }

  @Test
  void needsNothingButItself() {
    String html = HtmlReport.render(RealisticContent.create());

    assertThat(html).doesNotContain("http:", "https:", "//", "src=", "href=", "url(", "@import");
  }

  @Test
  void isWellFormedAtFullSize() throws Exception {
    Document page = parse(HtmlReport.render(RealisticContent.create()));

    NodeList charts = page.getElementsByTagName("svg");
    List<String> described = new ArrayList<>();
    for (int i = 0; i < charts.getLength(); i++) {
      String id = charts.item(i).getAttributes().getNamedItem("class").getTextContent();
      if (id.equals("chart")) {
        described.add(
            charts.item(i).getAttributes().getNamedItem("aria-describedby").getTextContent());
      }
    }
    assertThat(described)
        .containsExactly(
            "chart-top",
            "chart-effects",
            "chart-shapley",
            "chart-pairs",
            "chart-predicted",
            "chart-surface",
            "chart-sizes",
            "chart-drift",
            "chart-cosines",
            "chart-layers",
            "chart-fidelity");
  }

  @Test
  void doesNotSpeakOfAllMixturesWhereSomeWereChosen() throws Exception {
    String html =
        HtmlReport.render(
            SmallContent.part(
                new RunRecord.Counts(4095, 27, 1, 0, 0),
                new RunRecord.Ended("surface-0a1b2c3d", "two rounds promised little")));

    assertThat(String.join("\n", texts(parse(html), "p")))
        .contains(
            "They are some of 4,095 possible ones, chosen by the strategy surface-0a1b2c3d, which"
                + " ended because two rounds promised little; others may be better.")
        .contains("Of the mixtures that were evaluated, the best has 1 dataset")
        .contains("and rough: errors of a tenth to four tenths of the range are usual.")
        .doesNotContain("mixtures without it, averaged over all other choices")
        .contains("Random mixtures are drawn from those that were evaluated.");
  }

  @Test
  void followsASearchRoundByRound() throws Exception {
    String html =
        HtmlReport.render(
            SmallContent.part(
                new RunRecord.Counts(4095, 17, 0, 0, 0), new RunRecord.Ended("surface", "enough")));

    assertThat(html).contains("chart-rounds");
    assertThat(texts(parse(html), "desc")).contains("The last round promised 0.0004.");
    assertThat(texts(parse(html), "td")).containsSequence("2", "4", "0.0800", "0.1000", "3.1000");
    assertThat(HtmlReport.render(SmallContent.whole())).doesNotContain("Round by round");
  }

  @Test
  void saysWhatARaceSparedAndNothingOfItWhereThereWasNone() throws Exception {
    SeenExamples seen = new SeenExamples(new TreeMap<>(Map.of(8L, 200L, 80L, 50L, 160L, 5L)));
    String html = HtmlReport.render(SmallContent.raced(seen));

    assertThat(html)
        .contains("<h2>Race</h2>", "chart-race")
        .contains("255 mixtures at first, 5 in the end.")
        .contains("Of 255 mixtures, 5 saw every example;")
        .contains("Together they saw 15.7 % of the examples that all would have seen.");
    assertThat(texts(parse(html), "td")).containsSequence("8", "5 %", "255", "80", "50 %", "55");
    assertThat(HtmlReport.render(SmallContent.whole())).doesNotContain("<h2>Race</h2>");
  }

  @Test
  void drawsTheFrontOverTwoTasksAndNoneOverOne() throws Exception {
    String html = HtmlReport.render(SmallContent.twoTasks());

    assertThat(html).contains("<h2>Trade-off between the tasks</h2>").contains("chart-front");
    assertThat(texts(parse(html), "p"))
        .contains(
            "No mixture is as good on every task, and better on one, than 2 mixtures, the Pareto"
                + " front. One more is tied with it.")
        .anyMatch(text -> text.endsWith("Ranks are those by the objective, the mean of gains."));
    assertThat(texts(parse(html), "td"))
        .containsSequence("1", "es+fr", "3.104 ± 0.024", "0.64 ± 0.39");
    assertThat(HtmlReport.render(SmallContent.whole())).doesNotContain("Trade-off");
  }

  @Test
  void setsWhatWouldBeChosenWithoutExpertsBesideTheSearch() throws Exception {
    String html = HtmlReport.render(SmallContent.compared());

    assertThat(html).contains("<h2>Choosing without experts</h2>");
    assertThat(texts(parse(html), "td"))
        .containsSequence("share", "fr", "3", "3.250 ± 0.024", "0.1500 ± 0.0078")
        .containsSequence("similarity to ca", "it", "not ranked", "–", "–")
        .containsSequence("es", "0.400", "0.200", "+0.210 ± 0.039")
        .containsSequence("fr", "0.600", "0.100", "−0.010 ± 0.039");
    assertThat(HtmlReport.render(SmallContent.whole())).doesNotContain("without experts");
  }

  @Test
  void mapsWhatDatasetsDoTogetherAndSaysWhichReplacesWhich() throws Exception {
    Document page = parse(HtmlReport.render(SmallContent.whole()));

    assertThat(texts(page, "desc"))
        .contains("Most together: es and it, +0.040 ± 0.039. Least: es and fr, −0.100 ± 0.039.");
    assertThat(texts(page, "td")).containsSequence("es", "fr", "51\u00a0%", "−0.100 ± 0.039");
  }

  @Test
  void marksCorrectedScoresAsPredictionsBesideTheSurrogates() throws Exception {
    String html = HtmlReport.render(SmallContent.corrected());

    assertThat(html).contains("chart-corrected");
    assertThat(texts(parse(html), "p"))
        .contains(
            "Surrogates miss the scores of 2 real trainings by 0.0400 bits per byte (root mean"
                + " square). A correction from the other trainings misses them by 0.0100, so it is"
                + " applied. Spearman is 0.960 before, and 0.960 after it.")
        .anyMatch(text -> text.startsWith("Corrected scores are predictions"));
    assertThat(texts(parse(html), "td"))
        .containsSequence("1", "es+fr", "3.0612", "3.1040", "2", "3.0600");
  }

  @Test
  void saysHowToGetWhatIsMissing() throws Exception {
    Document page = parse(HtmlReport.render(SmallContent.searchOnly()));

    assertThat(texts(page, "p"))
        .anyMatch(text -> text.startsWith("Not measured yet: the fidelity command"))
        .anyMatch(text -> text.startsWith("Not confirmed yet: the fidelity command"));
    assertThat(texts(page, "desc")).hasSize(6);
  }

  @Test
  void countsTheMixturesTiedWithTheBest() throws Exception {
    Document page =
        parse(
            HtmlReport.render(
                SmallContent.withTop(
                    List.of(
                        SmallContent.row(1, "es", 3.1, 0),
                        SmallContent.row(2, "es+fr", 3.1078, 0.0078),
                        SmallContent.row(3, "fr", 3.108, 0.008)))));

    assertThat(texts(page, "p"))
        .contains("All 3 ranked mixtures. 1 of them is statistically tied with the best.");
    assertThat(texts(page, "td")).containsSubsequence("best", "tied with the best", "worse");
  }

  @Test
  void warnsBelowTheAnswer() throws Exception {
    Document page = parse(HtmlReport.render(SmallContent.warning("Two & two.")));

    assertThat(texts(page, "p"))
        .startsWith("merge-to-mix · run 0a1b2c")
        .element(3)
        .isEqualTo("Warning: Two & two.");
  }

  @Test
  void claimsAndDrawsNothingWhereANumberIsNotKnown() throws Exception {
    String html =
        HtmlReport.render(
            SmallContent.withTop(
                List.of(
                    SmallContent.row(1, "es", Double.NaN, Double.NaN),
                    SmallContent.row(2, "fr", Double.NaN, Double.NaN))));

    assertThat(html).doesNotContain("NaN", "Infinity");
    assertThat(texts(parse(html), "td")).contains("cannot be told").doesNotContain("worse");
  }

  @Test
  void saysThatAnErrorIsNotKnown() throws Exception {
    String html =
        HtmlReport.render(
            SmallContent.withTop(
                List.of(
                    SmallContent.rowOfOneExample(1, "es", 3.1, 0),
                    SmallContent.rowOfOneExample(2, "fr", 3.25, 0.15))));

    assertThat(html).doesNotContain("NaN");
    assertThat(texts(parse(html), "td")).contains("3.250 ± ?", "0.150 ± ?", "cannot be told");
    assertThat(texts(parse(html), "p"))
        .contains("± ? stands where the error is not known: a task has one example.");
  }

  @Test
  void writesNumbersAlikeInEveryLocale() {
    Locale before = Locale.getDefault();
    String here = HtmlReport.render(SmallContent.whole());
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(HtmlReport.render(SmallContent.whole())).isEqualTo(here);
    } finally {
      Locale.setDefault(before);
    }
  }

  /** Without the module java.desktop there is no AWT at all, and so no font it could ask for. */
  @Test
  void drawsOnAJdkWithoutFonts() throws Exception {
    ProcessBuilder jvm =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.awt.headless=true",
            "--limit-modules",
            "java.base,java.xml",
            "-cp",
            home(HtmlReport.class) + File.pathSeparator + home(HtmlReportTest.class),
            RenderSmallContent.class.getName());
    jvm.environment().put("FONTCONFIG_FILE", "/dev/null");
    jvm.redirectErrorStream(true);
    Process process = jvm.start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(printed).isEqualTo(HtmlReport.render(SmallContent.whole()));
    assertThat(process.waitFor()).isZero();
  }

  private static String home(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  private static Document parse(String html) throws Exception {
    return DocumentBuilderFactory.newDefaultInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(html)));
  }

  private static List<String> texts(Document page, String element) {
    NodeList found = page.getElementsByTagName(element);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      texts.add(found.item(i).getTextContent());
    }
    return texts;
  }
}
