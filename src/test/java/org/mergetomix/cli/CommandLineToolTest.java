package org.mergetomix.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class CommandLineToolTest {

  @TempDir private Path folder;

  @Test
  void theExamplesBaseIsTrainedAsTheUserWants() {
    Ran ran =
        Ran.of("demo", "--directory", folder.toString(), "--set", "training.batch-size=100000000");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.errors()).contains("training.micro-batch-size");
    assertThat(folder.resolve("base")).doesNotExist();
  }

  @Test
  void goesTheWholeWay(SparkSession spark) {
    SmallRun run = SmallRun.withoutExperts(folder);

    assertThat(done(run, "check"))
        .matches(
            """
            In order: 4 datasets, 15 mixtures\\.
            Still to be fine-tuned, with finetune: a, b, c, d\\.
            One executor with 2 slots needs:
              base and experts      2\\.6 MiB  mapped, of \\d+\\.\\d [GT]iB of memory
              live models           1\\.0 MiB  2 x 532\\.\\d KiB in float32
              prefix sums           3\\.1 MiB  2 x 3 of 53\\d\\.\\d KiB, of .* of direct memory
              texts of tasks          ... B  on disk
            Fine-tuning on one executor, 2 at once, needs \\d+\\.\\d MiB:
              parameters            1\\.0 MiB  2 x 532\\.\\d KiB
              gradients             1\\.0 MiB  2 x 532\\.\\d KiB
              optimiser             2\\.1 MiB  2 x 1\\.0 MiB
              activations +\\d+\\.\\d [KM]iB  2 x \\d+\\.\\d [KM]iB, about
            """);
    assertThat(done(run, "check", "--set", "merge.method=ties"))
        .containsPattern(
            "(?m)^  masks of experts     66\\.\\d KiB  shared, of \\d+\\.\\d [MGT]iB of direct"
                + " memory$");
    assertThat(done(run, "check", "--deep"))
        .endsWith("No expert is there yet, so there is nothing to measure.\n");
    assertThat(done(run, "finetune")).isEqualTo("Experts fine-tuned: a, b, c, d\n");
    assertThat(done(run, "check", "--deep"))
        .startsWith("In order: 4 datasets, 15 mixtures.\n")
        .containsPattern("(?m)^dataset +drift +moved +cosine +most drift in$")
        .containsPattern(
            "(?m)^a +\\d+\\.\\d % +\\d+\\.\\d % +-?\\d\\.\\d\\d [bcd] +\\S.*, \\d+\\.\\d %$");
    assertThat(done(run, "finetune"))
        .isEqualTo("Experts there already, from the same inputs: a, b, c, d\n");
    assertThat(done(run, "search"))
        .contains("15 mixtures evaluated (15 now), 0 failed.")
        .containsPattern("Merging took \\d+\\.\\d % of evaluating\\.")
        .containsPattern("(?m)^1     [a-d+]+ +\\d\\.\\d{4} ± \\d\\.\\d{4} +0\\.0000 ± 0\\.0000$")
        .containsPattern("(?m)^10    ")
        .containsPattern("(?m)^Asked:     which of 4 datasets, by bits per byte on task$")
        .containsPattern("(?m)^Answer:    [a-d+]+ with \\d\\.\\d{4} ± .*, the best of 15 mixtures$")
        .containsPattern(
            "(?m)^How sure:  (no other is|\\d+ others? (is|are)) tied with it; with other examples"
                + " its rank is 1 to \\d+ \\(95 %\\); a surface, .*R² -?\\d\\.\\d{3}"
                + " \\([A-Za-z ]+ -?\\d\\.\\d{3}, ridge regression -?\\d\\.\\d{3}\\)$")
        .containsPattern("(?m)^Ranked digest: [0-9a-f]{64}$")
        .endsWith("Report: " + run.output().resolve("report.html") + "\n");
    assertThat(done(run, "fidelity"))
        .containsPattern("Fidelity over \\d mixtures really fine-tuned: Pearson -?\\d\\.\\d{3} ")
        .contains("On the confirm examples: winner")
        .contains("The winner, really fine-tuned: ");
    assertThat(done(run, "report"))
        .isEqualTo("Report: " + run.output().resolve("report.html") + "\n");
    Path merged = folder.resolve("merged");
    assertThat(done(run, "export", "--mixture", "a+c", "--to", merged.toString()))
        .isEqualTo(
            """
            Surrogate of a+c: %1$s
            For a trainer: %1$s/mixture.json
            The same for mergekit: %1$s/mergekit.yaml
            """
                .formatted(merged));
    assertThat(
            done(
                run,
                "export",
                "--mixture",
                "a+c",
                "--to",
                merged + "-grafted",
                "--set",
                "merge.method=top-k-grafting"))
        .endsWith("No YAML for mergekit: mergekit has no top-k grafting.\n");
    assertThat(merged.resolve("model.safetensors")).isRegularFile();
    assertThat(spark.sparkContext().isStopped()).isFalse();
  }

  @Test
  void endsWithItsOwnCodeWhenMixturesFailed() throws IOException {
    SmallRun run = SmallRun.of(folder);
    SmallRun.DATASETS.forEach(run::breakExpert);

    Ran ran = Ran.of(run.arguments("search", "--set", "search.max-failed=15"));

    assertThat(ran.errors()).isEmpty();
    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.results()).contains("0 mixtures evaluated (15 now), 15 failed.");
    assertThat(Files.readString(run.output().resolve("report.html")))
        .contains("No mixture could be evaluated.");
  }

  private static String done(SmallRun run, String command, String... options) {
    Ran ran = Ran.of(run.arguments(command, options));
    assertThat(ran.errors()).isEmpty();
    assertThat(ran.exitCode()).isZero();
    return ran.results();
  }
}
