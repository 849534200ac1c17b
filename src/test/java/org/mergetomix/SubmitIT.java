package org.mergetomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.spark.FineTuneAction;
import org.mergetomix.spark.SearchAction;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.testing.SparkSubmit;

/** The jar through spark-submit, from datasets to a winner. */
@ExtendWith(SparkSessionExtension.class)
class SubmitIT {

  @TempDir private Path folder;

  @Test
  void findsTheSameOnOneThreadAsATestOnTwo(SparkSession spark) throws Exception {
    SmallRun one = SmallRun.withoutExperts(folder.resolve("one"));
    SmallRun two = SmallRun.withoutExperts(folder.resolve("two"));

    SparkSubmit.run(folder, "local[1]", one.arguments("finetune"));
    new FineTuneAction(spark, two.manifest(), two.configuration(), Progress.SILENT).run();
    for (String dataset : SmallRun.DATASETS) {
      assertThat(two.expert(dataset)).hasSameBinaryContentAs(one.expert(dataset));
    }

    SparkSubmit first = SparkSubmit.run(folder, "local[1]", one.arguments("search"));
    SearchAction.Result second =
        new SearchAction(spark, two.manifest(), two.configuration(), Progress.SILENT).run();
    String digest = first.found("Ranked digest: ([0-9a-f]{64})");
    assertThat(digest).isEqualTo(second.record().rankedDigest());
    assertThat(Files.readString(one.output().resolve("run.json")))
        .contains("\"ranked_digest\" : \"" + digest + "\"")
        .contains("\"merge-to-mix\" : \"0.1.0\"")
        .doesNotContain("\"merge-to-mix\" : \"development\"");

    SparkSubmit fidelity = SparkSubmit.run(folder, "local[2]", one.arguments("fidelity"));
    assertThat(fidelity.results()).contains("Fidelity over ");
    assertThat(Path.of(fidelity.found("really fine-tuned: (/.*)"))).isRegularFile();
    assertThat(one.output().resolve("report.html")).isRegularFile();
  }

  @Test
  void refusesAMasterThatSparkDoesNotKnow() throws Exception {
    SmallRun run = SmallRun.of(folder);

    SparkSubmit submit =
        SparkSubmit.start(folder, "local[1]", run.arguments("check", "--set", "spark.master=locl"));

    assertThat(submit.exitCode()).isEqualTo(2);
    assertThat(submit.log())
        .contains(
            "Error: Spark has no such master (spark.master = locl)."
                + " Name one that it has, such as local[*], local[4] or spark://host:7077;");
    assertThat(submit.results()).isEmpty();
  }

  @Test
  void endsTheProcessWithTheCodeOfAUsersError() throws Exception {
    SparkSubmit submit = SparkSubmit.start(folder, "local[1]", List.of("search", "--set", "sed=3"));

    assertThat(submit.exitCode()).isEqualTo(2);
    assertThat(submit.log()).contains("Error: Unknown key sed (--set sed=3). Did you mean seed?");
  }
}
