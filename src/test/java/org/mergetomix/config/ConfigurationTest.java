package org.mergetomix.config;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.typesafe.config.ConfigObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.cache.CacheSettings;
import org.mergetomix.location.Location;
import org.mergetomix.merge.Lines;
import org.mergetomix.merge.MergeSettings;
import org.mergetomix.merge.Method;
import org.mergetomix.merge.Parameter;
import org.mergetomix.merge.combine.Mode;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.mlflow.MlflowSettings;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.training.FineTuning;
import org.mergetomix.worker.WorkerSettings;

class ConfigurationTest {

  @TempDir Path folder;

  @Test
  void hasTheDocumentedDefaults() {
    Configuration defaults = Configuration.load(List.of(), List.of());

    assertThat(defaults)
        .isEqualTo(
            new Configuration(
                "",
                "",
                1,
                new Configuration.Merge(
                    MergeSettings.of(Method.AVERAGE),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                new Configuration.Search(
                    Configuration.Search.Strategy.AUTO,
                    1,
                    0,
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    SubsetWeights.By.DATASET,
                    Configuration.Search.Ratios.NONE,
                    Configuration.Search.Attribution.NONE,
                    Configuration.Search.Racing.NONE,
                    "",
                    List.of(),
                    0,
                    0,
                    2,
                    0),
                new Configuration.Objective(List.of(), List.of()),
                new Configuration.Evaluation(
                    16, Optional.empty(), Configuration.Evaluation.Engine.DJL),
                new WorkerSettings(
                    List.of(),
                    "python3",
                    "/dev/shm",
                    300,
                    1,
                    WorkerSettings.Network.NONE,
                    WorkerSettings.Experts.MERGED),
                new Configuration.Training(
                    Configuration.Training.Trainer.DJL,
                    List.of(),
                    "",
                    900,
                    1,
                    50,
                    0,
                    Configuration.Training.Method.FULL,
                    new Configuration.Training.Lora(16, 32, List.of("all-linear")),
                    Optional.empty(),
                    Configuration.Training.Length.STEPS,
                    120,
                    5,
                    1_000_000,
                    FineTuning.Shares.EXAMPLE,
                    0,
                    FineTuning.Packing.NONE,
                    64,
                    0,
                    5e-4,
                    20,
                    0.1,
                    0.01,
                    1.0),
                new Configuration.Fidelity(
                    16, Configuration.Fidelity.Choice.SPREAD, 1, "", 2000, 0.95),
                new Configuration.Divide(8, "", Configuration.Divide.Features.WORDS, 0.8),
                new Configuration.Baselines(0),
                new Configuration.Report(10, List.of()),
                new CacheSettings("", 50L << 30, 4, 16 << 20),
                new MlflowSettings("", "merge-to-mix"),
                new Configuration.Spark("", "merge-to-mix", 0, 300)));
  }

  static Stream<String> referenceKeys() {
    return ConfigurationLoader.reference().entrySet().stream().map(Map.Entry::getKey).sorted();
  }

  /** A key that is read into another's place, or not at all, changes something else or nothing. */
  @ParameterizedTest
  @MethodSource("referenceKeys")
  void readsEveryKeyOfTheReferenceIntoItsOwnPlace(String key) {
    // A key of the merge that the method does not heed would be refused.
    List<String> heeding =
        switch (key) {
          case "merge.mode", "merge.density", "merge.lambda", "merge.epsilon" ->
              List.of("merge.method=della");
          case "merge.gamma" -> List.of("merge.method=breadcrumbs");
          case "merge.select-top-k" -> List.of("merge.method=sce");
          case "merge.lines.alpha", "merge.lines.beta" -> List.of("merge.lines.scaling=linear");
          case "training.engine" -> List.of("training.command=/opt/train");
          default -> List.of();
        };
    Map<String, String> defaults = Configuration.load(List.of(), heeding).asMap();
    String other =
        switch (key) {
          case "merge.method" -> "linear";
          case "search.strategy" -> "random";
          case "evaluation.engine" -> "worker";
          case "search.ratios" -> "refine";
          case "search.attribution" -> "leave-one-out";
          case "search.racing" -> "max-t";
          case "fidelity.choice" -> "planned";
          case "report.surface" -> "es,fr";
          case "merge.mode" -> "mergekit";
          case "merge.lines.scaling" -> "linear";
          case "merge.density",
              "merge.epsilon",
              "merge.gamma",
              "merge.select-top-k",
              "search.tolerance",
              "training.held-out",
              "training.gpus-per-task" ->
              "0.375";
          case "training.engine" -> "command";
          case "mlflow.tracking-uri" -> "https://mlflow:5000/here";
          case "worker.network" -> "allowed";
          case "worker.experts" -> "factors";
          case "evaluation.precision" -> "bfloat16";
          case "merge.device" -> "gpu";
          case "training.precision" -> "float32";
          case "training.length" -> "epochs";
          case "divide.features" -> "characters";
          case "divide.near-duplicates" -> "0.875";
          case "training.method" -> "lora";
          case "training.packing" -> "masked";
          case "training.shares", "search.weights" -> "token";
          case "cache.chunk-size" -> "65536";
          case "fidelity.confidence", "training.final-learning-rate-share" -> "0.625";
          default -> "3";
        };

    Map<String, String> changed =
        Configuration.load(
                List.of(),
                // A minimum above the maximum would be refused.
                Stream.concat(
                        heeding.stream(), Stream.of("search.maximum-size=0", key + "=" + other))
                    .toList())
            .asMap();

    assertThat(changed).hasSameSizeAs(defaults);
    assertThat(changed.get(key)).isIn(other, other + ".0");
    assertThat(changed.keySet())
        .filteredOn(name -> !name.equals(key))
        .allSatisfy(name -> assertThat(changed.get(name)).isEqualTo(defaults.get(name)));
  }

  @Test
  void namesEveryKeyOfTheReferenceInItsMapAndNoOther() {
    assertThat(Configuration.load(List.of(), List.of()).asMap().keySet())
        .containsExactlyElementsOf(referenceKeys().toList());
  }

  @Test
  void showsValuesInTheMapAsTheyAreWritten() {
    assertThat(Configuration.load(List.of(), List.of("seed=-7")).asMap())
        .containsEntry("seed", "-7")
        .containsEntry("merge.method", "average")
        .containsEntry("training.length", "steps")
        .containsEntry("fidelity.confidence", "0.95")
        .containsEntry("manifest", "");
  }

  @Test
  void explainsEveryKeyAndGroupOfTheReference() {
    assertThatEachHasAComment("", ConfigurationLoader.reference().root());
  }

  private static void assertThatEachHasAComment(String prefix, ConfigObject group) {
    group.forEach(
        (key, value) -> {
          assertThat(value.origin().comments()).as("comment above " + prefix + key).isNotEmpty();
          if (value instanceof ConfigObject nested) {
            assertThatEachHasAComment(prefix + key + ".", nested);
          }
        });
  }

  @Test
  void refusesMoreAtOnceThanABatchHas() {
    assertThatThrownBy(() -> Configuration.load(List.of(), List.of("training.micro-batch-size=65")))
        .hasMessageContaining("training.micro-batch-size is 65, but a batch has only 64 examples")
        .hasMessageContaining("Lower it, or raise training.batch-size");
    assertThat(
            Configuration.load(List.of(), List.of("training.micro-batch-size=8"))
                .training()
                .atOnce())
        .isEqualTo(8);
    assertThat(Configuration.load(List.of(), List.of()).training().atOnce()).isEqualTo(64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"es", "es,es", "es,fr,es", "es,fr,it"})
  void mapsTwoDatasetsOrThoseThatHelpMost(String surface) {
    assertThat(problems(List.of(), "report.surface=" + surface))
        .singleElement(as(STRING))
        .startsWith("report.surface must be two different datasets, or none")
        .endsWith("the two that help most.");
  }

  @Test
  void refusesACommandThatIsNotGivenAndGpusThatItsEngineHasNoUseFor() {
    assertThat(problems(List.of(), "training.engine=command"))
        .singleElement(as(STRING))
        .startsWith("training.engine is command, but no command is given");
    assertThat(problems(List.of(), "training.gpus-per-task=2"))
        .singleElement(as(STRING))
        .startsWith("training.gpus-per-task is 2.0, but the engine djl trains on one GPU");
    String[] byCommand = {"training.engine=command", "training.command=/opt/train"};
    assertThat(problems(List.of(), byCommand[0], byCommand[1], "training.gpus-per-task=1.5"))
        .singleElement(as(STRING))
        .startsWith("training.gpus-per-task is 1.5, but a task has a share of one GPU, or whole");
    Configuration.Training several =
        Configuration.load(
                List.of(), List.of(byCommand[0], byCommand[1], "training.gpus-per-task=4"))
            .training();
    assertThat(several.gpusPerTask()).isEqualTo(4);
    assertThat(several.command()).containsExactly("/opt/train");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://me:s3cret@mlflow", "http://mlflow?token=s3cret", "file:///s3cret", "a b"})
  void refusesAnAddressWithAPasswordWithoutShowingIt(String address) {
    assertThat(problems(List.of(), "mlflow.tracking-uri=" + address))
        .singleElement(as(STRING))
        .contains("mlflow.tracking-uri")
        .doesNotContain("s3cret");
  }

  @Test
  void letsALaterFileWinOverAnEarlierOneAndASettingOverAll() {
    Path first = file("first.conf", "seed = 2", "report.top = 3", "evaluation.batch-size = 4");
    Path second = file("second.conf", "report { top = 5 }", "evaluation { batch-size = 6 }");

    Configuration configuration =
        Configuration.load(
            List.of(first, second), List.of("evaluation.batch-size=7", "evaluation.batch-size=8"));

    assertThat(configuration.seed()).isEqualTo(2);
    assertThat(configuration.report().top()).isEqualTo(5);
    assertThat(configuration.evaluation().batchSize()).isEqualTo(8);
  }

  @Test
  void readsAListOfASettingBetweenCommas() {
    Path file = file("my.conf", "search.required = [es, fr]", "search.budget = 40");

    Configuration.Search fromFile = Configuration.load(List.of(file), List.of()).search();
    Configuration.Search fromSetting =
        Configuration.load(List.of(file), List.of("search.required=a, b", "search.forbidden="))
            .search();

    assertThat(fromFile.required()).containsExactly("es", "fr");
    assertThat(fromFile.budget()).contains(40);
    assertThat(fromSetting.required()).containsExactly("a", "b");
    assertThat(fromSetting.forbidden()).isEmpty();
  }

  @Test
  void refusesWhatAStrategyDoesNotHeed() {
    Path file =
        file(
            "my.conf",
            "search {",
            "strategy = backward",
            "width = 3",
            "tolerance = 0.1",
            "budget = 0",
            "}");

    assertThat(problems(List.of(file)))
        .containsExactlyInAnyOrder(
            "search.budget must be at least 1, not 0 (" + file + ":5).",
            "search.width has no effect with search.strategy = backward ("
                + file
                + ":3). Leave it out, or set it to auto.",
            "search.tolerance has no effect with search.strategy = backward ("
                + file
                + ":4). Leave it out, or set it to auto.");
  }

  @Test
  void refinedRatiosHaveAWidthAndGivenMixturesNoStrategy() {
    assertThat(
            Configuration.load(
                    List.of(),
                    List.of(
                        "search.strategy=backward",
                        "search.ratios=refine",
                        "search.width=3",
                        "search.tolerance=0.01"))
                .search()
                .ratios())
        .isEqualTo(Configuration.Search.Ratios.REFINE);
    assertThat(
            problems(
                List.of(),
                "search.mixtures=list.txt",
                "search.strategy=random",
                "search.weights=token",
                "search.budget=9",
                "search.width=3"))
        .containsExactlyInAnyOrder(
            "search.strategy has no effect with search.mixtures (--set search.strategy=random)."
                + " Leave out one of them.",
            "search.weights has no effect with search.mixtures, which says them itself (--set"
                + " search.weights=token). Leave out one of them.",
            "search.budget has no effect with search.mixtures (--set search.budget=9)."
                + " Leave it out, or set it to auto.",
            "search.width has no effect with search.mixtures (--set search.width=3)."
                + " Leave it out, or set it to auto.");
    assertThat(Configuration.load(List.of(), List.of("search.mixtures=list.txt")).mixtures())
        .contains(Location.of("list.txt"));
  }

  @Test
  void takesTheTextOfASettingAsItStands() {
    Configuration configuration =
        Configuration.load(
            List.of(),
            List.of(
                "spark.master=local[*]",
                "output=s3a://bucket/a=b, c",
                "manifest=7",
                "training.learning-rate=2e-3",
                "seed=1e3"));

    assertThat(configuration.spark().master()).isEqualTo("local[*]");
    assertThat(configuration.output()).isEqualTo("s3a://bucket/a=b, c");
    assertThat(configuration.manifest()).isEqualTo("7");
    assertThat(configuration.training().learningRate()).isEqualTo(2e-3);
    assertThat(configuration.seed()).isEqualTo(1000);
  }

  @ParameterizedTest
  @CsvSource({
    "7, 7",
    "7B, 7",
    "7 KiB, 7168",
    "3MiB, 3145728",
    "50 GiB, 53687091200",
    "2 TiB, 2199023255552"
  })
  void readsBytesPlainOrWithAUnit(String text, long bytes) {
    Path file = file("my.conf", "cache.capacity = " + text);

    assertThat(Configuration.load(List.of(file), List.of()).cache().capacity()).isEqualTo(bytes);
    assertThat(Configuration.load(List.of(), List.of("cache.capacity=" + text)).cache().capacity())
        .isEqualTo(bytes);
  }

  @Test
  void refusesAnUnknownKeyWithItsLineAndTheNearestKey() {
    Path file = file("my.conf", "", "", "search.rond-size = 3");

    assertThat(problems(List.of(file)))
        .containsExactly(
            "Unknown key search.rond-size (" + file + ":3). Did you mean search.round-size?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "merge-to-mix.seed=3 | Did you mean seed?",
        "round-size=3 | Did you mean search.round-size?",
        "batch-size=3 | Did you mean evaluation.batch-size or training.batch-size?",
        "serch.round-size=3 | Did you mean search.round-size?",
        "search.colour=3 | Known keys of search: attempts, attribution, budget, forbidden,"
            + " max-failed, maximum-size, minimum-size, mixtures, partition-size, racing, ratios,"
            + " required, reuse, round-size, strategy, tolerance, weights, width.",
      })
  void guessesWhatAnUnknownKeyWasMeantToBe(String setting, String remedy) {
    String key = setting.substring(0, setting.indexOf('='));

    assertThat(problems(List.of(), setting))
        .containsExactly("Unknown key " + key + " (--set " + setting + "). " + remedy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "training.steps = \"many\" | training.steps must be a whole number, not \"many\"",
        "training.steps = \"120\" | training.steps must be a whole number, not \"120\"",
        "training.steps = 2.5 | training.steps must be a whole number, not 2.5",
        "seed = 1e30 | seed must be a whole number, not 1e30",
        "seed = 9223372036854775808 | seed must be a whole number, not \"9223372036854775808\"",
        "seed = null | seed must be a whole number, not null",
        "seed = true | seed must be a whole number, not true",
        "seed { a = 1 } | seed must be a whole number, not a group of keys",
        "output = 5 | output must be text, not 5",
        "output = [a] | output must be text, not a list",
        "cache.capacity = 5.5 | cache.capacity must be a number of bytes such as 4096 or \"16"
            + " MiB\", not 5.5",
        "cache.capacity = 5 GB | cache.capacity must be a number of bytes such as 4096 or"
            + " \"16 MiB\", not \"5 GB\"",
        "cache.capacity = 9000000 TiB | cache.capacity must be a number of bytes such as 4096 or"
            + " \"16 MiB\", not \"9000000 TiB\"",
        "cache.capacity = true | cache.capacity must be a number of bytes such as 4096 or"
            + " \"16 MiB\", not true",
        "search = 5 | search must be a group of keys, not 5",
        "training.weight-decay = 0.1x | training.weight-decay must be a number, not \"0.1x\"",
        "training.clip-norm = 1e999 | training.clip-norm must be a finite number, not 1e999",
      })
  void refusesAValueOfTheWrongType(String line, String message) {
    Path file = file("my.conf", "# first", line);

    assertThat(problems(List.of(file))).containsExactly(message + " (" + file + ":2).");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "merge.buffers=0 | merge.buffers must be at least 1, not 0",
        "merge.buffers=3000000000 | merge.buffers must be at most 2147483647, not 3000000000",
        "fidelity.mixtures=-1 | fidelity.mixtures must be at least 0, not -1",
        "fidelity.confidence=1 | fidelity.confidence must be above 0 and below 1, not 1",
        "training.learning-rate=0 | training.learning-rate must be above 0, not 0",
        "training.final-learning-rate-share=1.5 | training.final-learning-rate-share must be"
            + " from 0 to 1, not 1.5",
        "merge.lambda=big | merge.lambda must be a number or auto, not \"big\"",
        "report.top=ten | report.top must be a whole number, not \"ten\"",
        "report.top=NaN | report.top must be a whole number, not \"NaN\"",
        "cache.capacity=0 GiB | cache.capacity must be at least 1, not \"0 GiB\"",
        "cache.chunk-size=1KiB | cache.chunk-size must be from 65536 to 1073741824, not"
            + " \"1KiB\"",
        "spark.app-name= | spark.app-name is empty",
      })
  void refusesASettingOutOfRange(String setting, String message) {
    assertThat(problems(List.of(), setting)).containsExactly(message + " (--set " + setting + ").");
  }

  @Test
  void trainsAllParametersInFloat32Only() {
    assertThat(problems(List.of(), "training.precision=bfloat16"))
        .containsExactly(
            "training.precision is bfloat16, but training.method is full: most steps are too small"
                + " for bfloat16 (--set training.precision=bfloat16). Set training.method to lora,"
                + " or leave it out.");
    assertThat(
            Configuration.load(
                    List.of(), List.of("training.precision=bfloat16", "training.method=lora"))
                .training()
                .precision())
        .hasValue(Precision.BFLOAT16);
  }

  @Test
  void refusesASettingInQuotes() {
    assertThat(problems(List.of(), "output=\"s3a://bucket/run\""))
        .containsExactly(
            "The value of output is in quotes (--set output=\"s3a://bucket/run\")."
                + " Leave them out: it is taken as it stands.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b*", "x[1]/a:b", "s3a://b/{1}:2"})
  void refusesAnOutputThatTablesCannotBeReadFrom(String output) {
    Configuration configuration = Configuration.load(List.of(), List.of("output=" + output));

    assertThatThrownBy(configuration::requireOutput)
        .hasMessageStartingWith("Key output holds a colon and one of * ? [ ] { } \\")
        .hasMessageEndingWith("Choose another name.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b", "x*[1]", "s3a://b/x*", "hdfs://node:8020/x*"})
  void takesAnOutputWithEitherSign(String output) {
    assertThat(Configuration.load(List.of(), List.of("output=" + output)).requireOutput().text())
        .endsWith(output);
  }

  @Test
  void refusesAKeyThatAFileGivesTwice() {
    Path file =
        file(
            "my.conf",
            "seed = 1 # seed = 2",
            "merge { method = ties, lambda = 1 }",
            "search.round-size = 64",
            "merge.lambda = 2",
            "search { round-size = 5 }");

    assertThat(problems(List.of(file)))
        .containsExactly(
            "merge.lambda is given twice (%s:2, %s:4). Leave one of them out."
                .formatted(file, file),
            "search.round-size is given twice (%s:3, %s:5). Leave one of them out."
                .formatted(file, file));
  }

  @Test
  void refusesAnUnknownMethodWithTheListOfThem() {
    assertThat(problems(List.of(), "merge.method=tis"))
        .containsExactly(
            "Unknown merge.method \"tis\" (--set merge.method=tis). Choices are average, linear,"
                + " task-arithmetic, ties, dare-linear, dare-ties, della-linear, della,"
                + " breadcrumbs, breadcrumbs-ties, model-stock, sce, top-k-grafting.");
    assertThat(problems(List.of(), "training.length=days"))
        .containsExactly(
            "Unknown training.length \"days\" (--set training.length=days)."
                + " Choices are steps, epochs, tokens.");
  }

  @Test
  void refusesAParameterThatTheMethodDoesNotHeed() {
    Path file = file("my.conf", "merge {", "method = model-stock", "density = 0.2", "}");

    assertThat(problems(List.of(file), "merge.mode=paper", "merge.lines.beta=2"))
        .containsExactly(
            "merge.density has no effect with merge.method = model-stock ("
                + file
                + ":3). Leave it out, or set it to auto.",
            "merge.mode has no effect with merge.method = model-stock (--set merge.mode=paper)."
                + " Leave it out, or set it to auto.",
            "merge.lines.beta has no effect while merge.lines.scaling = none"
                + " (--set merge.lines.beta=2). Leave it out, or set it to auto.");
  }

  @Test
  void refusesADensityOutOfRangeWhateverTheMethod() {
    assertThat(problems(List.of(), "merge.density=0", "merge.method=ties"))
        .containsExactly(
            "merge.density must be above 0 and at most 1, not 0 (--set merge.density=0).");
  }

  @Test
  void handsOnWhatWasSaidAboutTheMethodAndNothingElse() {
    Configuration.Merge merge =
        Configuration.load(
                List.of(),
                List.of(
                    "merge.method=dare-ties",
                    "merge.density=0.3",
                    "merge.mode=mergekit",
                    "merge.lambda=auto",
                    "merge.lines.scaling=linear"))
            .merge();

    assertThat(merge.settings())
        .isEqualTo(
            new MergeSettings(
                Method.DARE_TIES,
                Optional.of(Mode.MERGEKIT),
                Lines.Scaling.LINEAR,
                new TreeMap<>(Map.of(Parameter.DENSITY, 0.3))));
  }

  /** The one that two lists used to disagree about. */
  @Test
  void refusesAGammaBeyondItsRangeAsTheMethodDoes() {
    assertThat(problems(List.of(), "merge.method=breadcrumbs", "merge.gamma=0.995"))
        .containsExactly(
            "merge.gamma must be from 0 to 0.99, not 0.995 (--set merge.gamma=0.995).");
    assertThatThrownBy(
            () ->
                new MergeSettings(
                    Method.BREADCRUMBS,
                    Optional.empty(),
                    Lines.Scaling.NONE,
                    new TreeMap<>(Map.of(Parameter.GAMMA, 0.995))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("breadcrumbs with gamma = 0.995");
  }

  @Test
  void refusesAnUnknownModeWithTheListOfThem() {
    assertThat(problems(List.of(), "merge.method=ties", "merge.mode=papers"))
        .containsExactly(
            "Unknown merge.mode \"papers\" (--set merge.mode=papers). Choices are auto, paper,"
                + " mergekit.");
  }

  @Test
  void refusesALargestMixtureBelowTheSmallest() {
    Path file = file("my.conf", "search { minimum-size = 3", "maximum-size = 2 }");

    assertThat(problems(List.of(file)))
        .containsExactly(
            "search.maximum-size must be 0 or at least search.minimum-size, which is 3, not 2 ("
                + file
                + ":2).");
  }

  @Test
  void refusesASettingThatIsNone() {
    assertThat(problems(List.of(), "seed", "=3", "a..b=3"))
        .containsExactly(
            "A setting is not of the form key=value (--set seed).",
            "A setting is not of the form key=value (--set =3).",
            "\"a..b\" is not a key (--set a..b=3). A key is words with dots between.");
  }

  @Test
  void tellsTheLineWhereAFileCannotBeParsed() {
    Path file = file("my.conf", "seed = 1", "search { round-size = [ }");

    assertThat(problems(List.of(file)))
        .singleElement()
        .asString()
        .contains("(" + file + ":2)")
        .doesNotContain("..");
  }

  @Test
  void refusesFilesThatAreMissingOrNotText() throws IOException {
    Path missing = folder.resolve("missing.conf");
    Path binary = folder.resolve("binary.conf");
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    Path large = folder.resolve("large.conf");
    Files.write(large, new byte[(4 << 20) + 1]);

    assertThat(problems(List.of(missing, folder, binary, large)))
        .containsExactly(
            "File does not exist (" + missing + ").",
            "This is a folder, not a file (" + folder + ").",
            "File is not UTF-8 text (" + binary + ").",
            "File of 4194305 bytes is too large for HOCON (" + large + "). Is it the one?");
  }

  @Test
  void readsNeitherTheEnvironmentNorOtherFiles() {
    Path environment = file("environment.conf", "", "output = ${PATH}");
    Path include = file("include.conf", "include \"environment.conf\"");
    Path url = file("url.conf", "include url(\"file:///nowhere.conf\")");
    Path optional = file("optional.conf", "output = ${?PATH}");

    assertThat(problems(List.of(environment, include, url)))
        .containsExactly(
            "Could not resolve substitution to a value: ${PATH} ("
                + environment
                + ":2). The file has to say it itself; the environment is not read.",
            "A file may not include another one, as here: environment.conf (" + include + ").",
            "A file may not include another one, as here: file:/nowhere.conf (" + url + ").");
    assertThat(Configuration.load(List.of(optional), List.of()).output()).isEmpty();
  }

  @Test
  void tellsAllProblemsAtOnceInTheOrderOfFilesAndLines() {
    Path first = file("first.conf", "sed = 3", "merge.buffers = 0", "spark.tasks = 1");
    Path second = file("second.conf", "evaluation.batch-size = x", "training.step = 4");

    assertThat(problems(List.of(first, second), "report.top=0", "manifest"))
        .extracting(message -> message.replaceAll(".*\\((.*)\\).*", "$1"))
        .containsExactly(
            first + ":1",
            first + ":2",
            first + ":3",
            second + ":1",
            second + ":2",
            "--set report.top=0",
            "--set manifest");
  }

  @Test
  void asksForWhatACommandCannotDoWithout() {
    Configuration defaults = Configuration.load(List.of(), List.of());

    assertThat(catchThrowableOfType(UserException.class, defaults::requireManifest))
        .hasMessage("Key manifest is not set. Add --set manifest=FILE.");
    assertThat(catchThrowableOfType(UserException.class, defaults::requireOutput))
        .hasMessage("Key output is not set. Add --set output=DIRECTORY.");
    Configuration given = Configuration.load(List.of(), List.of("manifest=m.conf", "output=out"));
    assertThat(given.requireManifest()).isEqualTo(Location.of("m.conf"));
    assertThat(given.requireOutput()).isEqualTo(Location.of("out"));
  }

  @Test
  void acceptsEveryOverlayInConf() throws IOException {
    List<Path> overlays;
    try (Stream<Path> files = Files.list(Path.of("conf"))) {
      overlays = files.filter(file -> file.toString().endsWith(".conf")).toList();
    }

    assertThat(overlays)
        .isNotEmpty()
        .allSatisfy(
            overlay ->
                assertThat(Configuration.load(List.of(overlay), List.of()))
                    .isNotEqualTo(Configuration.load(List.of(), List.of())));
  }

  private Path file(String name, String... lines) {
    try {
      return Files.writeString(folder.resolve(name), String.join("\n", lines));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> problems(List<Path> files, String... settings) {
    UserException thrown =
        catchThrowableOfType(
            UserException.class, () -> Configuration.load(files, Arrays.asList(settings)));
    assertThat(thrown).isNotNull();
    assertThat(thrown.exitCode()).isEqualTo(ExitCode.USAGE);
    return thrown.problems().stream().map(Problem::message).toList();
  }
}
