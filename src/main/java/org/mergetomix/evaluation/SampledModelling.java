package org.mergetomix.evaluation;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.mergetomix.data.DataCheck;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Example;
import org.mergetomix.data.RowColumns;
import org.mergetomix.folder.Digests;
import org.mergetomix.score.Measure;

/**
 * Language modelling on a sample of the rows. Which rows these are, and their order, follows from
 * what is written in them and from the seed: the same rows in other files, or in another order,
 * have the same sample. No manifest has this kind.
 *
 * @param rows how many, 1 or more; all where there are fewer
 * @param seed what they are drawn from
 */
public record SampledModelling(int rows, long seed) implements TaskKind {

  @Override
  public String name() {
    return LanguageModelling.KIND.name();
  }

  @Override
  public SortedMap<String, Object> settings() {
    return LanguageModelling.KIND.settings();
  }

  @Override
  public OptionalInt written() {
    return LanguageModelling.KIND.written();
  }

  @Override
  public String version() {
    return "%s rows=%s seed=%s".formatted(LanguageModelling.VERSION, rows, seed);
  }

  @Override
  public List<Measure> measures() {
    return LanguageModelling.KIND.measures();
  }

  @Override
  public DataCheck check(List<DataFile> files, RowColumns columns) {
    return LanguageModelling.KIND.check(files, columns);
  }

  @Override
  public List<TaskExample> examples(TaskData data) {
    return LanguageModelling.examples(drawn(data), data);
  }

  @Override
  public TaskQuestions questions(TaskData data) {
    return LanguageModelling.questions(drawn(data), data);
  }

  private List<Placed<Example>> drawn(TaskData data) {
    return drawn(data.rows(data.text().rows()));
  }

  /** The sample of these rows, in the order of the draw. */
  List<Placed<Example>> drawn(List<Placed<Example>> all) {
    Map<String, Integer> copies = new HashMap<>();
    return all.stream()
        .map(row -> new Drawn(draw(content(row.meaning()), copies), row))
        .sorted(Comparator.comparing(Drawn::draw))
        .limit(rows)
        .map(Drawn::row)
        .toList();
  }

  private record Drawn(String draw, Placed<Example> row) {}

  /** Each copy of a row has a draw of its own, so that it is as likely as any other row. */
  private String draw(String content, Map<String, Integer> copies) {
    int copy = copies.merge(content, 1, Integer::sum);
    return Digests.sha256(Long.toString(seed), Integer.toString(copy), content);
  }

  private static String content(Example example) {
    return example.map(
        Example.PlainText::text,
        asked -> Digests.sha256(asked.prompt(), asked.completion()),
        dialogue -> dialogue.conversation().contents());
  }
}
