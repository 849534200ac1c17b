package org.mergetomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSubmit;

/** The jar through spark-submit, from datasets to a winner. */
class SubmitIT {

  @TempDir private Path folder;

  @Test
  void findsTheSameOnOneThreadAndOnTwo() throws Exception {
    SmallRun one = SmallRun.withoutExperts(folder.resolve("one"));
    SmallRun two = SmallRun.withoutExperts(folder.resolve("two"));

    SparkSubmit.run(folder, "local[1]", one.arguments("finetune"));
    SparkSubmit.run(folder, "local[2]", two.arguments("finetune"));
    for (String dataset : SmallRun.DATASETS) {
      assertThat(two.expert(dataset)).hasSameBinaryContentAs(one.expert(dataset));
    }

    SparkSubmit first = SparkSubmit.run(folder, "local[1]", one.arguments("search"));
    SparkSubmit second = SparkSubmit.run(folder, "local[2]", two.arguments("search"));
    assertThat(digest(second)).isEqualTo(digest(first));
    assertThat(Files.readString(one.output().resolve("run.json")))
        .contains("\"ranked_digest\" : \"" + digest(first) + "\"")
        .contains("\"merge-to-mix\" : \"0.1.0\"")
        .doesNotContain("\"merge-to-mix\" : \"development\"");

    SparkSubmit fidelity = SparkSubmit.run(folder, "local[2]", two.arguments("fidelity"));
    assertThat(fidelity.results()).contains("Fidelity over ");
    assertThat(Path.of(fidelity.found("really fine-tuned: (/.*)"))).isRegularFile();
    assertThat(two.output().resolve("report.html")).isRegularFile();
  }

  @Test
  void refusesAMasterThatSparkDoesNotKnow() throws Exception {
    SmallRun run = SmallRun.of(folder);

    SparkSubmit submit =
        SparkSubmit.start(folder, "local[1]", run.arguments("check", "--set", "spark.master=locl"));

    assertThat(submit.exitCode()).isEqualTo(2);
    assertThat(submit.log())
        .contains(
            "Error: Could not parse Master URL: 'locl' (spark.master = locl)."
                + " Name a master that Spark knows, such as local[*] or spark://host:7077.");
    assertThat(submit.results()).isEmpty();
  }

  @Test
  void endsTheProcessWithTheCodeOfAUsersError() throws Exception {
    SparkSubmit submit = SparkSubmit.start(folder, "local[1]", List.of("search", "--set", "sed=3"));

    assertThat(submit.exitCode()).isEqualTo(2);
    assertThat(submit.log()).contains("Error: Unknown key sed (--set sed=3). Did you mean seed?");
  }

  private static String digest(SparkSubmit search) throws IOException {
    return search.found("Ranked digest: ([0-9a-f]{64})");
  }
}
