package org.mergetomix.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.mergetomix.table.PartRow;
import org.xml.sax.InputSource;

class DivisionPageTest {

  private static PartRow part(String id, long rows, double similarity, String... words) {
    return new PartRow(
        id,
        "",
        rows,
        3,
        rows / 100.0,
        12_345,
        List.of(words),
        List.of("a row with <b> & more"),
        0.75,
        0.9,
        new TreeMap<>(Map.of("law", similarity)),
        Double.NaN,
        new TreeMap<>(Map.of("p1", id.equals("p1") ? 1 : 0.25, "p2", id.equals("p2") ? 1 : 0.25)));
  }

  private static String page() {
    return DivisionPage.render(
        "corpus.jsonl",
        "by their words, with seed 1",
        2,
        List.of(part("p1", 60, 0.2, "tide", "keel"), part("p2", 40, 0.8, "judge")));
  }

  @Test
  void saysWhatIsInEachPart() throws Exception {
    String page = page();

    assertThat(page)
        .contains("100 rows in 2 parts", "6 rows are nearly the same", "2 rows were empty")
        .contains("p1 · tide keel", "60 rows, 60\u00A0%", "tide, keel", "0.75")
        .contains("a row with &lt;b&gt; &amp; more");
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page.substring(page.indexOf("<html")))));
  }

  @Test
  void ordersTheBaselinesBySimilarityToTheTarget() {
    String targets = page().substring(page().indexOf("Choosing without experts"));

    assertThat(targets)
        .containsSubsequence("Similarity to law", "p2", "0.80", "p1", "0.20")
        .doesNotContain("Base loss");
  }

  @Test
  void showsTheLossOfTheBaseWhereItWasMeasured() {
    String page =
        DivisionPage.render(
            "corpus.jsonl",
            "by their words, with seed 1",
            0,
            List.of(part("p1", 60, 0.2).measured(3.5), part("p2", 40, 0.8).measured(2.25)));

    assertThat(page.substring(page.indexOf("Choosing without experts")))
        .containsSubsequence("Base loss, bits per byte", "p2", "2.250", "p1", "3.500");
  }
}
