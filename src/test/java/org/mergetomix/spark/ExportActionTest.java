package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.folder.Companions;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.RankedRow;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class ExportActionTest {

  @TempDir private Path folder;

  private SparkSession spark;
  private SmallRun run;

  @BeforeEach
  void prepare(SparkSession session) {
    spark = session;
    run = SmallRun.of(folder.resolve("inputs"));
  }

  @Test
  void writesTheMeanOfTheExperts() {
    Path target = folder.resolve("new/mean");
    export("a+b+d", target);

    try (SafetensorsFile merged = SafetensorsFile.open(target.resolve("model.safetensors"))) {
      assertThat(merged.metadata())
          .containsEntry("merge-to-mix.mixture", "a+b+d")
          .containsEntry("merge-to-mix.method", "average")
          .containsEntry("merge-to-mix.base", Digests.sha256(run.base()));
      assertThat(merged.tensors().keySet()).isEqualTo(tensors(run.base()));
      for (String tensor : merged.tensors().keySet()) {
        float[] a = head(run.expert("a"), tensor);
        float[] b = head(run.expert("b"), tensor);
        float[] d = head(run.expert("d"), tensor);
        float[] found = head(target.resolve("model.safetensors"), tensor);
        for (int i = 0; i < found.length; i++) {
          assertThat((double) found[i])
              .as(tensor)
              .isEqualTo(((double) a[i] + b[i] + d[i]) / 3, within(1e-6));
        }
      }
    }
  }

  @Test
  void writesALocalFolderOnTheDriversMachineNotOnAnExecutors() {
    export("a+b", folder.resolve("here"));

    assertThat(spark.sparkContext().statusTracker().getJobIdsForGroup("export")).isEmpty();
    assertThat(folder.resolve("here/model.safetensors")).exists();
  }

  @Test
  void weighsARatioAsItSays() {
    Path target = folder.resolve("ratio");
    export("a:0.25+c:0.75", target);

    float[] a = head(run.expert("a"), "head.weight");
    float[] c = head(run.expert("c"), "head.weight");
    float[] found = head(target.resolve("model.safetensors"), "head.weight");
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).isEqualTo(0.25 * a[i] + 0.75 * c[i], within(1e-6));
    }
  }

  @Test
  void copiesConfigurationAndTokenizerOfABaseThatIsAFolder() throws IOException {
    Path base = Files.createDirectory(folder.resolve("base"));
    Files.copy(run.base(), base.resolve("model.safetensors"));
    Files.writeString(base.resolve("config.json"), "{}");
    Files.writeString(base.resolve("tokenizer.model"), "tokens");
    Files.writeString(base.resolve("mixture.json"), "of an export that became a base");
    Files.writeString(base.resolve("weights.bin"), "not copied");
    Files.writeString(base.resolve("adapter_config.json"), "of an adapter that lies beside");
    Files.writeString(base.resolve("LICENSE"), "do as you please");
    Files.writeString(base.resolve("modeling_own.py"), "print()");
    Files.createDirectory(base.resolve("additional_chat_templates"));
    Files.writeString(base.resolve("additional_chat_templates/tools.jinja"), "{{ tools }}");
    Manifest withFolder = withBase(base);
    Path target = folder.resolve("exported");
    ExportAction action = new ExportAction(spark, withFolder, run.configuration());

    ExportAction.Result result = action.run(Mixture.parse("a+b"), Location.of(target));

    assertThat(target.toFile().list())
        .containsExactlyInAnyOrder(
            "model.safetensors",
            "config.json",
            "tokenizer.model",
            "LICENSE",
            "additional_chat_templates",
            "README.md",
            "mixture.json",
            "mergekit.yaml");
    assertThat(target.resolve("additional_chat_templates/tools.jinja")).hasContent("{{ tools }}");
    assertThat(result.codeLeft()).containsExactly("modeling_own.py");

    Path withCode = folder.resolve("with-code");
    ExportAction.Result all =
        action.run(Mixture.parse("a+b"), Location.of(withCode), Companions.Code.TAKEN);
    assertThat(withCode.resolve("modeling_own.py")).hasContent("print()");
    assertThat(all.codeLeft()).isEmpty();
  }

  @Test
  void readsAFolderAsTheFileInItWhereExpertsAreFiles() throws IOException {
    Path base = Files.createDirectory(folder.resolve("base"));
    Files.copy(run.base(), base.resolve("model.safetensors"));
    Files.writeString(base.resolve("config.json"), "{}");
    Path target = folder.resolve("exported");

    new ExportAction(spark, withBase(base), run.configuration("merge.method=task-arithmetic"))
        .run(Mixture.parse("a+b"), Location.of(target));

    assertThat(target.resolve("mergekit.yaml"))
        .content()
        .contains("# mergekit-pytorch mergekit.yaml FOLDER")
        .contains("base_model: \"%s/model.safetensors\"".formatted(base));
  }

  @Test
  void writesAModelCardThatSaysHowTheMergeWasJudged() throws IOException {
    export("a+b", folder.resolve("before"));
    assertThat(folder.resolve("before/README.md"))
        .content()
        .startsWith("---\nbase_model:\n- \"" + run.base())
        .contains("- \"" + run.expert("a"), "datasets:\n- \"a\"\n- \"b\"\n", "- merge\n")
        .doesNotContain("library_name")
        .contains("| a | 0.5000 |", Digests.sha256(run.expert("b")), "Merge method: average")
        .contains("No finished search that is known here has scored this mixture.");

    SearchAction.Result found =
        new SearchAction(spark, run.manifest(), run.configuration(), Progress.SILENT).run();
    RankedRow row =
        found.top().stream().filter(r -> r.mixture().equals("a+b")).findFirst().orElseThrow();
    export("a+b", folder.resolve("after"));
    assertThat(folder.resolve("after/README.md"))
        .content()
        .contains(
            String.format(
                Locale.ROOT,
                "%.4f ± %.4f bits per byte, rank %d of 15 mixtures that were evaluated, of 15.",
                row.score().value(),
                row.score().margin(),
                row.rank().orElseThrow()))
        .contains("How the ranking was checked", "It was not: no models were really fine-tuned");

    new ExportAction(spark, run.manifest(), run.configuration("merge.method=task-arithmetic"))
        .run(Mixture.parse("a+b"), Location.of(folder.resolve("other")));
    assertThat(folder.resolve("other/README.md"))
        .as("the run's score is of another merge")
        .content()
        .contains("No finished search that is known here has scored this mixture.");
  }

  @Test
  void saysForATrainerWhichDataToSample() throws IOException {
    Path target = folder.resolve("ratio");
    Files.delete(run.text("b"));
    export("a:0.25+b:0.5+c:0.25", target);
    JsonNode json = new ObjectMapper().readTree(target.resolve("mixture.json").toFile());

    assertThat(json.get("format").asInt()).isEqualTo(2);
    assertThat(json.get("mixture").asText()).isEqualTo("a:0.25+b:0.5+c:0.25");
    assertThat(json.get("shares").asText()).isEqualTo("example");
    assertThat(json.get("datasets"))
        .extracting(dataset -> dataset.get("id").asText())
        .containsExactly("a", "b", "c");
    assertThat(json.get("datasets"))
        .extracting(dataset -> dataset.get("weight").asDouble())
        .containsExactly(0.25, 0.5, 0.25);
    assertThat(json.at("/datasets/0/data").asText()).isEqualTo(run.text("a").toString());
    assertThat(json.at("/datasets/0/sha256").asText()).isEqualTo(Digests.sha256(run.text("a")));
    assertThat(json.at("/datasets/1").has("sha256")).isFalse();
    assertThat(json.at("/datasets/0/examples").asInt()).isEqualTo(12);
    assertThat(json.at("/trainers/datasets/load_dataset/2/data_files").asText())
        .isEqualTo(run.text("c").toString());
    assertThat(json.at("/trainers/datasets/interleave_datasets/probabilities"))
        .extracting(JsonNode::asDouble)
        .containsExactly(0.25, 0.5, 0.25);
    assertThat(json.at("/trainers").has("axolotl")).as("b was not counted").isFalse();
    assertThat(json.get("seed").asLong()).isEqualTo(run.configuration().seed());
    assertThat(json.at("/base/checkpoint").asText()).isEqualTo(run.base().toString());
    assertThat(json.at("/base/sha256").asText()).isEqualTo(Digests.sha256(run.base()));
    assertThat(json.get("method").asText()).isEqualTo("average");
    assertThat(json.at("/datasets/2/expert/checkpoint").asText())
        .isEqualTo(run.expert("c").toString());
    assertThat(json.at("/datasets/2/expert/sha256").asText())
        .isEqualTo(Digests.sha256(run.expert("c")));
  }

  @Test
  void writesTheYamlWithWhichMergekitMergesTheSame() throws IOException {
    Path target = folder.resolve("mean");

    assertThat(export("a+b", target).withoutMergekit()).isEmpty();
    JsonNode yaml = new YAMLMapper().readTree(target.resolve("mergekit.yaml").toFile());
    assertThat(yaml.get("merge_method").asText()).isEqualTo("linear");
    assertThat(yaml.get("models"))
        .extracting(model -> model.get("model").asText())
        .containsExactly(run.expert("a").toString(), run.expert("b").toString());
  }

  @Test
  void writesNoYamlWhereMergekitMergesOtherwise() {
    Path target = folder.resolve("grafted");
    ExportAction.Result result =
        new ExportAction(spark, run.manifest(), run.configuration("merge.method=top-k-grafting"))
            .run(Mixture.parse("a+b"), Location.of(target));

    assertThat(result.withoutMergekit()).containsExactly("mergekit has no top-k grafting");
    assertThat(target.resolve("mergekit.yaml")).doesNotExist();
    assertThat(target.resolve("mixture.json")).exists();
  }

  @Test
  void offersNoTrainerSharesOfTokensThatItTakesForExamples() throws IOException {
    Path target = folder.resolve("tokens");
    new ExportAction(spark, run.manifest(), run.configuration("training.shares=token"))
        .run(Mixture.parse("a:0.25+b:0.75"), Location.of(target));
    JsonNode json = new ObjectMapper().readTree(target.resolve("mixture.json").toFile());

    assertThat(json.get("shares").asText()).isEqualTo("token");
    assertThat(json.has("trainers")).isFalse();
  }

  @Test
  void refusesUnknownDatasets() {
    assertThatThrownBy(() -> export("a+x+y", folder.resolve("none")))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE);
              assertThat(refusal)
                  .hasMessage(
                      "Unknown datasets in the mixture a+x+y: x, y (%s). Known: a, b, c, d.",
                      run.manifestFile());
            });
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void refusesToOverwriteAFile() throws IOException {
    Path target = Files.writeString(folder.resolve("precious"), "text");

    assertThatThrownBy(() -> export("a+b", target))
        .isInstanceOf(UserException.class)
        .hasMessage("The folder exists already (%s). Choose another, or remove it.", target);
    assertThat(target).hasContent("text");
  }

  @Test
  void saysWhichExpertIsMissing() throws IOException {
    Files.delete(run.expert("b"));

    assertThatThrownBy(() -> export("a+b", folder.resolve("none")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("The expert of dataset b does not exist (%s).", run.expert("b"));
  }

  @Test
  void readsNothingButTheBaseAndTheExpertsOfTheMixture() throws IOException {
    Files.writeString(run.expert("c"), "broken");
    Files.delete(run.expert("d"));
    Files.delete(run.text("task"));
    Files.delete(run.text("confirm"));

    export("a+b", folder.resolve("pair"));

    assertThat(folder.resolve("pair/model.safetensors")).exists();
  }

  @Test
  void takesAMixtureOutsideOfTheBoundsOfTheSearch() {
    new ExportAction(spark, run.manifest(), run.configuration("search.minimum-size=3"))
        .run(Mixture.parse("a+b"), Location.of(folder.resolve("pair")));

    assertThat(folder.resolve("pair/model.safetensors")).exists();
  }

  private Manifest withBase(Path base) {
    Manifest given = run.manifest();
    return new Manifest(
        given.file(),
        new Manifest.Base(
            given.base().model(),
            Location.of(base),
            given.base().tokenizer(),
            given.base().context(),
            Optional.empty(),
            List.of()),
        given.datasets(),
        given.tasks());
  }

  private ExportAction.Result export(String mixture, Path target) {
    return new ExportAction(spark, run.manifest(), run.configuration())
        .run(Mixture.parse(mixture), Location.of(target));
  }

  private static Set<String> tensors(Path checkpoint) {
    try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
      return Set.copyOf(file.tensors().keySet());
    }
  }

  /** The first elements of a tensor, a few at most. */
  private static float[] head(Path checkpoint, String tensor) {
    try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
      float[] elements = new float[(int) Math.min(64, file.tensors().get(tensor).elements())];
      file.read(tensor, 0, elements, elements.length);
      return elements;
    }
  }
}
