package org.mergetomix.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_date;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.config.Configuration;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.ExampleRows;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.output.Failures;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.PartRow;
import org.mergetomix.table.PartsTable;
import org.mergetomix.testing.HuggingFaceRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class DivideActionIT {

  private static final List<String> SEA =
      List.of("anchor", "tide", "harbour", "sail", "reef", "gull", "wave", "keel");
  private static final List<String> KITCHEN =
      List.of("onion", "butter", "oven", "simmer", "garlic", "spoon", "broth", "pepper");
  private static final List<String> COURT =
      List.of("judge", "appeal", "clause", "witness", "verdict", "statute", "counsel", "plea");
  private static final List<String> COMMON = List.of("the", "and", "with", "of", "then", "a");

  @TempDir Path folder;

  /** Sentences of a theme, some of whose words are everybody's. */
  private static List<String> sentences(List<String> theme, int count, long seed) {
    Random random = new Random(seed);
    List<String> sentences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder sentence = new StringBuilder();
      for (int word = 0; word < 14; word++) {
        List<String> words = random.nextInt(5) < 3 ? theme : COMMON;
        sentence.append(words.get(random.nextInt(words.size()))).append(' ');
      }
      sentences.add(sentence.toString().strip());
    }
    return sentences;
  }

  private static List<String> mixed() {
    List<String> rows =
        new ArrayList<>(
            Stream.of(sentences(SEA, 90, 1), sentences(KITCHEN, 60, 2), sentences(COURT, 30, 3))
                .flatMap(List::stream)
                .toList());
    Collections.shuffle(rows, new Random(4));
    return rows;
  }

  private Configuration configuration(String corpus, String... settings) throws IOException {
    Files.write(folder.resolve("task.txt"), sentences(COURT, 5, 9));
    return configured(
        corpus, "{ id = law, kind = language-modelling, data = \"task.txt\" }", settings);
  }

  private Configuration configured(String corpus, String tasks, String... settings)
      throws IOException {
    Path manifest = folder.resolve("manifest.conf");
    Files.writeString(
        manifest,
        """
        base { checkpoint = "base" }
        corpus { %s }
        tasks = [ %s ]
        """
            .formatted(corpus, tasks));
    List<String> all = new ArrayList<>(List.of("manifest=" + manifest));
    all.addAll(List.of(settings));
    return Configuration.load(List.of(), all);
  }

  private DivideAction.Result divide(SparkSession spark, Configuration configuration) {
    return new DivideAction(spark, configuration, Progress.SILENT).run(target());
  }

  private Location target() {
    return Location.of(folder.resolve("divided"));
  }

  private Dataset<Row> parts(SparkSession spark) {
    return spark.read().parquet(folder.resolve("divided/parts").toString());
  }

  @Test
  void findsPlantedPartsAndSaysWhatIsInThem(SparkSession spark) throws IOException {
    Files.write(folder.resolve("corpus.txt"), mixed());

    DivideAction.Result result =
        divide(spark, configuration("data = \"corpus.txt\"", "divide.parts=3"));

    assertThat(result.parts()).extracting(PartRow::rows).containsExactly(90L, 60L, 30L);
    assertThat(result.parts().get(0).words()).containsAll(SEA).doesNotContain("the");
    assertThat(result.parts().get(1).words()).containsAll(KITCHEN);
    assertThat(result.parts().get(2).words()).containsAll(COURT);
    assertThat(result.parts())
        .allSatisfy(
            part -> {
              assertThat(part.nearest()).hasSize(5);
              assertThat(part.meanDistance()).isBetween(0.0, part.greatestDistance());
              assertThat(part.cosines().get(part.part())).isCloseTo(1, within(1e-9));
            });
    assertThat(result.parts().get(2).similarity().get("law"))
        .isGreaterThan(0.9)
        .isGreaterThan(2 * result.parts().get(0).similarity().get("law"));
    assertThat(Files.readString(folder.resolve("divided/report.html"))).contains("verdict");
    assertThat(
            new PartsTable(spark, target().child("summary"))
                .dataset()
                .select("part")
                .as(Encoders.STRING())
                .collectAsList())
        .containsExactly("p1", "p2", "p3");
  }

  @Test
  void givesTheSamePartsHoweverTheCorpusIsCut(SparkSession spark) throws IOException {
    List<String> rows = mixed();
    Files.write(folder.resolve("corpus.txt"), rows);
    Path several = Files.createDirectory(folder.resolve("several"));
    for (int part = 0; part < 6; part++) {
      Files.write(several.resolve(part + ".txt"), rows.subList(30 * part, 30 * part + 30));
    }

    DivideAction.Result one =
        divide(spark, configuration("data = \"corpus.txt\"", "divide.parts=4"));
    List<String> first = parts(spark).orderBy("text").toJSON().collectAsList();
    FileUtils.deleteDirectory(folder.resolve("divided").toFile());
    Configuration again = configuration("data = several", "divide.parts=4");
    DivideAction.Result other = divide(spark, again);

    assertThat(parts(spark).orderBy("text").toJSON().collectAsList()).isEqualTo(first);
    assertThat(other.parts()).isEqualTo(one.parts());
  }

  @Test
  void keepsNearDuplicatesTogetherAndLosesNone(SparkSession spark) throws IOException {
    List<String> rows = new ArrayList<>(mixed());
    String copied = rows.get(0) + " " + rows.get(1);
    String changed = copied.replaceFirst("^\\w+", "whereupon");
    rows.add(copied);
    rows.add(17, changed);
    rows.add(99, copied);
    rows.add(100, "");
    Files.write(folder.resolve("corpus.txt"), rows);

    DivideAction.Result result =
        divide(spark, configuration("data = \"corpus.txt\"", "divide.parts=3"));

    assertThat(result.nearDuplicates()).isEqualTo(2);
    assertThat(result.empty()).isEqualTo(1);
    assertThat(result.rows()).isEqualTo(183);
    assertThat(parts(spark).select("text").as(Encoders.STRING()).collectAsList())
        .containsExactlyInAnyOrderElementsOf(rows.stream().filter(row -> !row.isEmpty()).toList());
    assertThat(
            parts(spark).where(col("text").isin(copied, changed)).select("part").distinct().count())
        .isOne();
  }

  @Test
  void writesRowsOfAConversationAsTheyWere(SparkSession spark) throws IOException {
    List<String> rows = new ArrayList<>();
    for (List<String> theme : List.of(SEA, KITCHEN)) {
      for (String sentence : sentences(theme, 20, 5)) {
        rows.add(
            "{\"id\": %s, \"talk\": [{\"role\": \"user\", \"content\": \"%s\"}, {\"role\": \"assistant\", \"content\": \"yes\"}], \"tags\": [\"x\"], \"score\": 0.1}"
                .formatted(rows.size(), sentence));
      }
    }
    Files.write(folder.resolve("corpus.jsonl"), rows);

    DivideAction.Result result =
        divide(spark, configuration("data = \"corpus.jsonl\", messages = talk", "divide.parts=2"));

    ObjectMapper json = new ObjectMapper();
    List<JsonNode> written = new ArrayList<>();
    for (String row : parts(spark).drop("part").orderBy("id").toJSON().collectAsList()) {
      written.add(json.readTree(row));
    }
    List<JsonNode> given = new ArrayList<>();
    for (String row : rows) {
      given.add(json.readTree(row));
    }
    assertThat(written).isEqualTo(given);
    Manifest manifest = Manifest.read(result.manifest().path());
    assertThat(manifest.datasetIds()).containsExactly("p1", "p2");
    assertThat(manifest.datasets())
        .extracting(dataset -> dataset.baselines().get("share"))
        .containsExactly(result.parts().get(0).share(), result.parts().get(1).share());
    assertThat(
            ExampleRows.read(
                    List.of(
                        DataFile.of(
                            onlyFile(manifest.datasets().get(0).data().orElseThrow().path()))),
                    manifest.datasets().get(0).columns())
                .rows())
        .hasSize(20);
  }

  private static Path onlyFile(Path part) throws IOException {
    try (Stream<Path> files = Files.list(part)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  @Test
  void readsParquetAndKeepsTypesThatJsonHasNot(SparkSession spark) throws IOException {
    Files.write(folder.resolve("corpus.txt"), mixed());
    spark
        .read()
        .text(folder.resolve("corpus.txt").toString())
        .select(
            col("value").as("body"),
            current_date().as("day"),
            when(col("value").contains("judge"), "law").otherwise("not law").as("source"))
        .coalesce(2)
        .write()
        .parquet(folder.resolve("corpus").toString());

    DivideAction.Result result =
        divide(spark, configuration("data = corpus, text = body", "divide.by=source"));

    assertThat(result.parts()).extracting(PartRow::part).containsExactly("law", "not-law");
    assertThat(result.parts()).extracting(PartRow::label).containsExactly("law", "not law");
    assertThat(parts(spark).schema().apply("day").dataType()).isEqualTo(DataTypes.DateType);
    assertThat(
            parts(spark)
                .where(col("part").equalTo("law").equalTo(col("source").equalTo("law")))
                .count())
        .isEqualTo(180);
  }

  @Test
  void comparesWithTasksOfOtherRowsThanItsOwn(SparkSession spark) throws IOException {
    Files.write(folder.resolve("corpus.txt"), mixed());
    List<String> questions = new ArrayList<>();
    for (String sentence : sentences(COURT, 5, 9)) {
      questions.add(
          "{\"question\": \"%s\", \"options\": [\"verdict\", \"plea\"], \"answer\": 0, \"note\": %s}"
              .formatted(sentence, questions.isEmpty() ? "1" : "\"two\""));
    }
    Path lines = folder.resolve("exam.jsonl");
    Files.write(lines, questions);
    spark.read().json(lines.toString()).write().parquet(folder.resolve("exam").toString());
    String task =
        "{ id = %s, kind = multiple-choice, data = \"%s\", context = \"{question}\","
            + " choices = options, answer = answer }";

    DivideAction.Result result =
        divide(
            spark,
            configured(
                "data = \"corpus.txt\"",
                task.formatted("lines", "exam.jsonl") + "\n" + task.formatted("table", "exam"),
                "divide.parts=3"));

    assertThat(result.parts()).extracting(PartRow::part).containsExactly("p1", "p2", "p3");
    for (String id : List.of("lines", "table")) {
      assertThat(result.parts().get(2).similarity().get(id))
          .isGreaterThan(0.8)
          .isGreaterThan(2 * result.parts().get(0).similarity().get(id));
    }
  }

  @Test
  void tellsAllTasksThatCannotBeReadBeforeItDivides(SparkSession spark) throws IOException {
    Files.write(folder.resolve("corpus.txt"), mixed());
    Files.write(folder.resolve("broken.jsonl"), List.of("{\"question\": \"a\"}", "no json"));

    refuses(
        spark,
        configured(
            "data = \"corpus.txt\"",
            """
{ id = one, kind = language-modelling, data = "missing.txt" }
{ id = two, kind = multiple-choice, data = "broken.jsonl", context = "{question}", choices = options, answer = answer }
""",
            "divide.parts=250"),
        "missing.txt",
        "broken.jsonl:2");
  }

  @Test
  void looksOnlyAtColumnsThatTheManifestMeans(SparkSession spark) throws IOException {
    Files.write(folder.resolve("corpus.txt"), mixed());
    spark
        .read()
        .text(folder.resolve("corpus.txt").toString())
        .select(col("value").as("body"), current_date().as("messages"))
        .write()
        .parquet(folder.resolve("corpus").toString());

    DivideAction.Result result =
        divide(spark, configuration("data = corpus, text = body", "divide.parts=3"));

    assertThat(result.rows()).isEqualTo(180);
  }

  private void refuses(SparkSession spark, Configuration configuration, String... words) {
    assertThatThrownBy(() -> divide(spark, configuration))
        .satisfies(
            failure ->
                assertThat(Failures.mendable(failure).orElseThrow().getMessage()).contains(words));
    assertThat(folder.resolve("divided")).doesNotExist();
  }

  @Test
  void refusesColumnsThatNoTableCanHaveTogether(SparkSession spark) throws IOException {
    Files.write(
        folder.resolve("corpus.jsonl"),
        List.of("{\"text\": \"a\", \"Tag\": 1}", "{\"text\": \"b\", \"tag\": 2}"));
    refuses(
        spark,
        configuration("data = \"corpus.jsonl\"", "divide.parts=2"),
        "upper and lower case",
        "corpus.jsonl");

    Dataset<Row> rows = spark.range(10).select(col("id").cast("string").as("text"), col("id"));
    writeFile(rows, "one.parquet");
    writeFile(rows.withColumn("id", col("text")), "other.parquet");
    refuses(
        spark,
        configuration("data = \"*.parquet\"", "divide.parts=2"),
        "columns of the same name and of different types");
  }

  /** Spark writes folders; a wildcard is for files. */
  private void writeFile(Dataset<Row> rows, String name) throws IOException {
    Path written = folder.resolve(name + ".d");
    rows.coalesce(1).write().parquet(written.toString());
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(written, "part-*")) {
      Files.move(parts.iterator().next(), folder.resolve(name));
    }
  }

  @Test
  void tellsRowsThatDoNotFitWithTheirLines(SparkSession spark) throws IOException {
    List<String> rows = new ArrayList<>();
    mixed().forEach(row -> rows.add("{\"text\": \"" + row + "\"}"));
    rows.set(3, "{\"txt\": \"\"}");
    rows.set(40, "{\"text\": 7}");
    rows.set(41, "no json");
    Files.write(folder.resolve("corpus.jsonl"), rows);

    refuses(
        spark,
        configuration("data = \"corpus.jsonl\"", "divide.parts=3"),
        "corpus.jsonl:4",
        "corpus.jsonl:41",
        "corpus.jsonl:42");
  }

  @Test
  void refusesRowsThatParquetWouldChange(SparkSession spark) throws IOException {
    Files.write(
        folder.resolve("corpus.jsonl"),
        List.of("{\"text\": \"a\", \"n\": 1}", "{\"text\": \"b\", \"n\": \"one\"}"));

    refuses(
        spark,
        configuration("data = \"corpus.jsonl\"", "divide.parts=2"),
        "The column n is number, and something else in other rows",
        "corpus.jsonl:1");
  }

  @Test
  void refusesMorePartsThanDistinctRows(SparkSession spark) throws IOException {
    Files.write(
        folder.resolve("corpus.txt"), List.of("one", "two", "one", "one", "two", "three", "two"));

    refuses(
        spark,
        configuration("data = \"corpus.txt\"", "divide.parts=4"),
        "3 rows that are not nearly the same fall into 3 parts, and 4 are asked for");
  }

  @Test
  void refusesWhatIsNotThere(SparkSession spark) throws IOException {
    Files.write(folder.resolve("corpus.jsonl"), List.of("{\"text\": \"a\"}"));

    refuses(spark, configuration("data = \"*.txtt\""), "No file matches", "*.txtt");
    refuses(
        spark,
        configuration("data = \"corpus.jsonl\"", "divide.by=source"),
        "The row has no column source");
  }

  @Test
  void refusesDamagedParquet(SparkSession spark) throws IOException {
    Files.write(folder.resolve("corpus.parquet"), new byte[2000]);

    refuses(spark, configuration("data = \"corpus.parquet\""), "damaged", "corpus.parquet");
  }

  @Test
  void leavesAFolderThatIsThereAlone(SparkSession spark) throws IOException {
    Files.write(folder.resolve("corpus.txt"), mixed());
    Path kept = Files.createDirectory(folder.resolve("divided")).resolve("kept.txt");
    Files.writeString(kept, "mine");

    assertThatThrownBy(
            () -> divide(spark, configuration("data = \"corpus.txt\"", "divide.parts=3")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("exists already");
    assertThat(kept).hasContent("mine");
  }

  @Test
  void leavesAloneWhatAnotherRunWroteMeanwhile(SparkSession spark) throws IOException {
    Files.write(folder.resolve("corpus.txt"), mixed());
    Configuration configuration = configuration("data = \"corpus.txt\"", "divide.parts=3");
    Path other = folder.resolve("divided/manifest.conf");
    Progress another =
        (what, done, all, elapsed) -> {
          if (done == 2) {
            write(other);
          }
        };

    assertThatThrownBy(() -> new DivideAction(spark, configuration, another).run(target()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("exists already");
    assertThat(other).hasContent("another's");
  }

  @Test
  void saysTheBasesLossOnASampleOfEachPart(SparkSession spark) throws IOException {
    HuggingFaceRun.of(folder);
    List<String> rows = mixed();
    Files.write(folder.resolve("corpus.txt"), rows);
    Path several = Files.createDirectory(folder.resolve("several"));
    Files.write(several.resolve("1.txt"), rows.subList(0, 50));
    Files.write(several.resolve("2.txt"), rows.subList(50, 180));

    DivideAction.Result one =
        divide(
            spark, configuration("data = \"corpus.txt\"", "divide.parts=3", "baselines.rows=20"));

    assertThat(one.parts()).allMatch(PartRow::isMeasured);
    assertThat(one.parts().get(0).baseLoss()).isNotEqualTo(one.parts().get(1).baseLoss());
    assertThat(
            new PartsTable(spark, target().child("summary"))
                .dataset()
                .orderBy("part")
                .select("base_loss")
                .as(Encoders.DOUBLE())
                .collectAsList())
        .isEqualTo(one.parts().stream().map(PartRow::baseLoss).toList());
    Manifest manifest = Manifest.read(one.manifest().path());
    assertThat(manifest.datasets())
        .extracting(Manifest.DatasetEntry::baselines)
        .isEqualTo(one.parts().stream().map(PartRow::baselines).toList());
    assertThat(manifest.baselines().get("p1"))
        .containsOnlyKeys("share", "similarity to law", "base loss", "base log-likelihood");

    // The same rows as texts, in another order, as if they had never been divided.
    List<Manifest.DatasetEntry> texts = new ArrayList<>();
    for (PartRow part : one.parts()) {
      List<String> its =
          new ArrayList<>(
              parts(spark)
                  .where(col("part").equalTo(part.part()))
                  .select("text")
                  .as(Encoders.STRING())
                  .collectAsList());
      Collections.shuffle(its, new Random(5));
      Path file = Files.write(folder.resolve(part.part() + ".txt"), its);
      texts.add(
          new Manifest.DatasetEntry(
              part.part(),
              Optional.of(Location.of(file)),
              Location.of(folder.resolve("experts").resolve(part.part())),
              Optional.empty()));
    }
    assertThat(
            MeasuredBaselines.losses(
                    spark,
                    manifest.with(texts),
                    configuration("data = \"corpus.txt\"", "baselines.rows=20"))
                .values())
        .containsExactlyElementsOf(one.parts().stream().map(PartRow::baseLoss).toList());

    FileUtils.deleteDirectory(folder.resolve("divided").toFile());
    assertThat(
            divide(spark, configuration("data = several", "divide.parts=3", "baselines.rows=20"))
                .parts())
        .isEqualTo(one.parts());
  }

  @Test
  void refusesABaseThatCannotBeAskedBeforeItDivides(SparkSession spark) throws IOException {
    Files.write(folder.resolve("corpus.txt"), mixed());
    Configuration configuration =
        configuration("data = \"corpus.txt\"", "divide.parts=250", "baselines.rows=20");

    refuses(spark, configuration, "The base's checkpoint", "base");

    HuggingFaceRun.of(Files.createDirectory(folder.resolve("other")));
    FileUtils.moveDirectory(folder.resolve("other/base").toFile(), folder.resolve("base").toFile());
    Files.delete(folder.resolve("base/tokenizer.json"));

    refuses(spark, configuration, "tokenizer.json");
  }

  private static void write(Path file) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "another's");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
