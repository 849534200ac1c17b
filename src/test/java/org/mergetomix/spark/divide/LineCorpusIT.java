package org.mergetomix.spark.divide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.data.RowColumns;
import org.mergetomix.location.Location;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.Problem;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class LineCorpusIT {

  @TempDir Path folder;

  @Test
  void isTheSameHoweverManySlicesItHas(SparkSession spark) throws IOException {
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < 100; row++) {
      rows.add("{\"text\": \"%s\", \"n\": %s}".formatted("ñ".repeat(row), row));
    }
    rows.set(37, "{\"text\": 7}");
    rows.set(81, "no json");
    Path file = folder.resolve("corpus.jsonl");
    Files.write(file, rows);

    InputAccess access = InputAccess.of(spark, Configuration.load(List.of(), List.of()));
    try (InputFiles files = access.open()) {
      LineCorpus one = open(spark, access, files, Location.of(file), LineCorpus.SLICE);
      LineCorpus many = open(spark, access, files, Location.of(file), 64);

      assertThat(many.rows().getNumPartitions()).isGreaterThan(100);
      assertThat(kept(many)).isEqualTo(kept(one)).hasSize(97);
      assertThat(problems(many)).isEqualTo(problems(one));
      assertThat(problems(many))
          .extracting(Problem::where)
          .containsExactly(Location.of(file).text() + ":38", Location.of(file).text() + ":82");
    }
  }

  private static LineCorpus open(
      SparkSession spark, InputAccess access, InputFiles files, Location file, long slice) {
    return LineCorpus.open(
        spark,
        access,
        files,
        file,
        List.of(file),
        RowReading.of(RowReading.Meaning.EXAMPLE, RowColumns.UNSAID, ""),
        slice);
  }

  private static List<CorpusRow> kept(LineCorpus corpus) {
    return corpus.rows().filter(CorpusRow.Kept.class::isInstance).collect().stream()
        .sorted(Comparator.comparing(CorpusRow::id))
        .toList();
  }

  private static List<Problem> problems(LineCorpus corpus) {
    return corpus.problems(
        corpus
            .rows()
            .filter(CorpusRow.Refused.class::isInstance)
            .map(CorpusRow.Refused.class::cast)
            .collect());
  }
}
