package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mergetomix.executor.TrainingOutcome.Origin.REUSED;
import static org.mergetomix.executor.TrainingOutcome.Origin.TRAINED;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.testing.HuggingFaceRun;
import org.mergetomix.testing.S3Extension;
import org.mergetomix.testing.S3Server;
import org.mergetomix.testing.SparkSessionExtension;

/** Fine-tuning from a folder in S3 to folders in S3. */
@ExtendWith({SparkSessionExtension.class, S3Extension.class})
@Timeout(300)
class S3FineTuneIT {

  @TempDir private Path folder;

  private SparkSession spark;
  private S3Server s3;
  private String bucket;
  private HuggingFaceRun run;

  @BeforeEach
  void putTheBaseThere(SparkSession session, S3Server server) throws IOException {
    spark = session;
    s3 = server;
    bucket = s3.newBucket();
    s3.settings().forEach(hadoop()::set);
    run = HuggingFaceRun.of(folder.resolve("inputs"));
    run.writeTrainingManifest("checkpoint = base");
    try (Stream<Path> files = Files.list(run.base())) {
      for (Path file : files.toList()) {
        s3.write(bucket, "base/" + file.getFileName(), Files.readAllBytes(file));
      }
    }
  }

  @AfterEach
  void forgetTheSettings() {
    s3.settings().keySet().forEach(hadoop()::unset);
  }

  @Test
  void writesTheFoldersThatThisMachineWould() throws IOException {
    fineTune();
    useStore();

    assertThat(fineTune()).extracting(TrainingOutcome::origin).containsOnly(TRAINED);

    List<String> keys = s3.keys(bucket, "experts/one/");
    assertThat(keys)
        .containsExactlyInAnyOrder(
            "experts/one/config.json",
            "experts/one/model.safetensors",
            "experts/one/tokenizer.json",
            "experts/one/tokenizer_config.json");
    for (String key : keys) {
      Path here = run.expert("one").resolve(key.substring("experts/one/".length()));
      assertThat(s3.read(bucket, key)).as(key).isEqualTo(Files.readAllBytes(here));
    }
    assertThat(fineTune()).extracting(TrainingOutcome::origin).containsOnly(REUSED);

    s3.delete(bucket, "experts/one/model.safetensors");
    assertThat(fineTune())
        .as("an upload that was interrupted before its last file")
        .extracting(TrainingOutcome::origin)
        .containsExactly(TRAINED, REUSED);
    assertThat(s3.keys(bucket, "experts/one/")).isEqualTo(keys);
  }

  @Test
  void putsAnAdapterInPlaceOfAWholeModel() throws IOException {
    useStore();
    fineTune();

    fineTune("training.method=lora");

    for (String expert : List.of("experts/one/", "experts/two/")) {
      assertThat(s3.keys(bucket, expert))
          .containsExactlyInAnyOrder(
              expert + "adapter_config.json", expert + "adapter_model.safetensors");
    }
    assertThat(fineTune("training.method=lora"))
        .extracting(TrainingOutcome::origin)
        .containsOnly(REUSED);
  }

  @Test
  void leavesAFolderThatIsNoExpertAlone() throws IOException {
    useStore();
    byte[] notes = "keep me".getBytes(StandardCharsets.UTF_8);
    s3.write(bucket, "experts/two/notes.md", notes);

    UserException refusal = catchThrowableOfType(UserException.class, this::fineTune);

    assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT);
    assertThat(refusal)
        .hasMessageStartingWith(
            "The folder is there, but holds no model and no adapter (s3a://%s/experts/two)."
                .formatted(bucket));
    assertThat(s3.read(bucket, "experts/two/notes.md")).isEqualTo(notes);
  }

  private void useStore() throws IOException {
    run.writeTrainingManifest("checkpoint = \"s3a://%s/base\"".formatted(bucket));
    String manifest = Files.readString(run.manifestFile());
    Files.writeString(
        run.manifestFile(),
        manifest.replace("\"experts/", "\"s3a://%s/experts/".formatted(bucket)));
  }

  private Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  private List<TrainingOutcome> fineTune(String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "training.steps=2",
                "training.batch-size=2",
                "training.warmup-steps=1",
                "cache.directory=" + folder.resolve("cache")));
    all.addAll(List.of(settings));
    return new FineTuneAction(
            spark, run.manifest(), run.configuration(all.toArray(String[]::new)), Progress.SILENT)
        .run()
        .outcomes();
  }
}
