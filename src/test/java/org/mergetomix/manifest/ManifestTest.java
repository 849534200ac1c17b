package org.mergetomix.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.cache.CacheSettings;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.data.AnswerColumns;
import org.mergetomix.data.ChoiceColumns;
import org.mergetomix.data.Choices;
import org.mergetomix.data.TextTemplate;
import org.mergetomix.evaluation.Classification;
import org.mergetomix.evaluation.ExactMatch;
import org.mergetomix.evaluation.Holdout;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.MultipleChoice;
import org.mergetomix.evaluation.answer.AnswerFilter;
import org.mergetomix.evaluation.answer.Normalisation;
import org.mergetomix.evaluation.answer.TextEnding;
import org.mergetomix.evaluation.prompt.Prompting;
import org.mergetomix.evaluation.prompt.Shots;
import org.mergetomix.expert.ExpertKind;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.PrefixMapping;
import org.mergetomix.family.TiedNames;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest.Base;
import org.mergetomix.manifest.Manifest.DatasetEntry;
import org.mergetomix.manifest.Manifest.HarnessEntry;
import org.mergetomix.manifest.Manifest.TaskEntry;
import org.mergetomix.pattern.PythonPattern;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

class ManifestTest {

  private static final String DIGEST = "0123456789abcdef".repeat(4);

  private static final String BASE =
      "base { model = graph.pt, checkpoint = base.safetensors, tokenizer = bytes, context = 48 }";
  private static final String ES = "{ id = es, data = es.txt, expert = es.safetensors }";
  private static final String FR = "{ id = fr, data = fr.txt, expert = fr.safetensors }";
  private static final String CA = "{ id = ca, kind = language-modelling, data = ca.txt }";

  private static final InputFiles FILES =
      new InputFiles(new CacheSettings("", 1, 1, 1), new Configuration(false));

  @TempDir Path folder;

  @Test
  void readsEverythingWithPathsFromItsOwnFolderAndDatasetsInOrder() {
    Path file =
        write(
            """
            base {
              model = "graph.pt", checkpoint = "../base.safetensors", tokenizer = bytes
              context = 48, sha256 = "%s"
            }
            datasets = [
              { id = fr, expert = "/experts/fr.safetensors", sha256 = "" }
              { id = es, data = "es.txt", expert = "experts/es.safetensors", sha256 = "%s" }
            ]
            tasks = [
              { id = pt, kind = language-modelling, data = "pt.txt" }
              { id = ca, kind = language-modelling, data = "ca.txt", confirm = "c.txt", weight = 2 }
            ]
            """
                .formatted(DIGEST.toUpperCase(Locale.ROOT), DIGEST));

    assertThat(Manifest.read(file))
        .isEqualTo(
            new Manifest(
                Location.of(file),
                new Base(
                    Location.of(folder.resolve("graph.pt")),
                    Location.of(folder.getParent().resolve("base.safetensors")),
                    "bytes",
                    48,
                    Optional.of(DIGEST)),
                List.of(
                    new DatasetEntry(
                        "es",
                        Optional.of(Location.of(folder.resolve("es.txt"))),
                        Location.of(folder.resolve("experts/es.safetensors")),
                        Optional.of(DIGEST)),
                    new DatasetEntry(
                        "fr",
                        Optional.empty(),
                        Location.of(Path.of("/experts/fr.safetensors")),
                        Optional.empty())),
                List.of(
                    new TaskEntry(
                        "pt",
                        LanguageModelling.KIND,
                        Location.of(folder.resolve("pt.txt")),
                        Optional.empty(),
                        1.0),
                    new TaskEntry(
                        "ca",
                        LanguageModelling.KIND,
                        Location.of(folder.resolve("ca.txt")),
                        Optional.of(Location.of(folder.resolve("c.txt"))),
                        2.0))));
  }

  @Test
  void readsBackWhatItWrote() {
    Path file = folder.resolve("new folder/names.conf");
    Path own = file.getParent();
    Manifest manifest =
        new Manifest(
            Location.of(file),
            new Base(
                Location.of(own.resolve("graph \"1\".pt")),
                Location.of(folder.resolve("elsewhere/base.safetensors")),
                "bytes",
                48,
                Optional.of(DIGEST)),
            List.of(
                new DatasetEntry(
                    "007",
                    Optional.of(Location.of(own.resolve("es.txt"))),
                    Location.of(own.resolve("experts/es.safetensors")),
                    Optional.of(DIGEST)),
                new DatasetEntry(
                    "true",
                    Optional.empty(),
                    Location.of(own.resolve("t.safetensors")),
                    Optional.empty())),
            List.of(
                new TaskEntry(
                    "c.a",
                    LanguageModelling.KIND,
                    Location.of(own.resolve("ca.txt")),
                    Optional.of(Location.of(own.resolve("confirm.txt"))),
                    0.1)));

    Manifest.write(manifest, file);

    assertThat(Manifest.read(file)).isEqualTo(manifest);
    assertThat(own).isDirectoryNotContaining("glob:**.tmp");
    assertThat(file)
        .content()
        .contains("expert = \"experts/es.safetensors\"")
        .contains(
            "checkpoint = \"" + Location.of(folder.resolve("elsewhere/base.safetensors")) + "\"");
  }

  @Test
  void readsWhatIsSaidOfRowsAndChoicesAndWritesItBack() {
    Path file =
        write(
            """
            base { model = g.pt, checkpoint = b.safetensors, tokenizer = bytes, context = 48 }
            datasets = [
              { id = a, expert = a.safetensors, data = "a/*.jsonl", prompt = q, completion = r }
              { id = b, expert = b2.safetensors, data = b.parquet, messages = turns }
            ]
            tasks = [
              {
                id = exam, kind = multiple-choice, data = "exam.jsonl", measure = margin
                context = "Q: {question}\\nA:", choices = options.text, delimiter = ""
              }
              { id = prose, kind = language-modelling, data = p.jsonl, text = body }
            ]
            """);

    Manifest manifest = Manifest.read(file);

    assertThat(manifest.datasets())
        .extracting(dataset -> dataset.columns().named())
        .containsExactly(
            new TreeMap<>(Map.of("prompt", "q", "completion", "r")),
            new TreeMap<>(Map.of("messages", "turns")));
    TaskEntry exam = manifest.tasks().get(0);
    assertThat(exam.kind())
        .isEqualTo(
            new MultipleChoice(
                new ChoiceColumns(
                    new TextTemplate("Q: {question}\nA:"),
                    new Choices.OfColumn("options.text"),
                    "answer",
                    ""),
                Prompting.UNSAID));
    assertThat(exam.measure()).isEqualTo(MultipleChoice.MARGIN);
    assertThat(manifest.tasks().get(1).columns().named()).containsExactly(entry("text", "body"));
    Manifest.write(manifest, file);
    assertThat(Manifest.read(file)).isEqualTo(manifest);
  }

  @Test
  void refusesColumnsAndTemplatesWithoutSense() {
    Path file =
        write(
            """
            base { model = g.pt, checkpoint = b.safetensors, tokenizer = bytes, context = 48 }
            datasets = [
              { id = a, expert = a.safetensors, data = a.jsonl, text = q, messages = r }
              { id = b, expert = b2.safetensors }
            ]
            tasks = [
              { id = x, kind = multiple-choice, data = x.jsonl, context = "{", measure = bits }
              { id = y, kind = multiple-choice, data = y.jsonl, text = body }
            ]
            """);

    assertThatThrownBy(() -> Manifest.read(file))
        .hasMessageContaining("Columns of several kinds of rows are named: messages, text")
        .hasMessageContaining("tasks.context has a brace alone")
        .hasMessageContaining(
            "Unknown tasks.measure \"bits\" (%s:7). Choices are acc, acc_norm, acc_bytes, margin."
                .formatted(file))
        .hasMessageContaining("Unknown key tasks.text");
  }

  @Test
  void readsTasksThatAreAnsweredInWritingAndByLabelsAndWritesThemBack() {
    Path file =
        write(
            """
            base { checkpoint = base }
            datasets = [ { id = a, expert = a }, { id = b, expert = b } ]
            tasks = [
              {
                id = sums, kind = exact-match, data = sums.jsonl, measure = answered
                prompt = "Q: {q}\\nA:", answer = a, stop = ["\\n", "Q:"], max-tokens = 40
                filter = "(-?\\\\d+)", take = last
                ignore = [numbers, case], ignore-patterns = [",", "\\\\s+$"]
                layout = conversation, shots = 3, shots-taken = first
              }
              { id = short, kind = exact-match, data = short.jsonl, stop = [] }
              {
                id = mood, kind = classification, data = mood.jsonl, measure = nll
                labels = [bad, good], label = mood, shots = 2, shots-seed = 5
              }
            ]
            """);

    Manifest manifest = Manifest.read(file);

    assertThat(manifest.tasks())
        .extracting(TaskEntry::kind)
        .containsExactly(
            new ExactMatch(
                new AnswerColumns(new TextTemplate("Q: {q}\nA:"), "a"),
                new Prompting(Prompting.Layout.CONVERSATION, new Shots(3, Shots.Taken.FIRST, 1234)),
                new TextEnding(List.of("\n", "Q:"), 40),
                List.of(new AnswerFilter(new PythonPattern("(-?\\d+)"), AnswerFilter.Take.LAST)),
                new Normalisation(
                    List.of(Normalisation.Ignored.NUMBERS, Normalisation.Ignored.CASE),
                    List.of(new PythonPattern(","), new PythonPattern("\\s+$")))),
            new ExactMatch(
                AnswerColumns.UNSAID,
                Prompting.UNSAID,
                new TextEnding(List.of(), 256),
                List.of(),
                Normalisation.NONE),
            new Classification(
                new ChoiceColumns(
                    new TextTemplate("{text}"),
                    new Choices.Labels(List.of("bad", "good")),
                    "mood",
                    " "),
                new Prompting(Prompting.Layout.TEXT, new Shots(2, Shots.Taken.RANDOM, 5))));
    assertThat(manifest.tasks())
        .extracting(TaskEntry::measure)
        .containsExactly(ExactMatch.ANSWERED, ExactMatch.EXACT_MATCH, Classification.NLL);
    Manifest.write(manifest, file);
    assertThat(Manifest.read(file)).isEqualTo(manifest);
  }

  @Test
  void refusesSettingsOfTasksWithoutSense() {
    Path file =
        write(
            """
            base { checkpoint = base }
            datasets = [ { id = a, expert = a }, { id = b, expert = b } ]
            tasks = [
              { id = w, kind = exact-match, data = w, filter = "(", ignore = [case, words] }
              { id = x, kind = exact-match, data = x, stop = [""], max-tokens = 0, shots = -1 }
              { id = y, kind = exact-match, data = y, measure = answered, take = both }
              { id = z, kind = classification, data = z, labels = [good, good], choices = c }
            ]
            """);

    assertThatThrownBy(() -> Manifest.read(file))
        .hasMessageContaining("tasks.filter \"(\" is no regular expression: unclosed group")
        .hasMessageContaining("Unknown tasks.ignore \"words\" (%s:4)".formatted(file))
        .hasMessageContaining("tasks.stop has an empty text")
        .hasMessageContaining("tasks.max-tokens must be at least 1, not 0")
        .hasMessageContaining("tasks.shots must be at least 0, not -1")
        .hasMessageContaining(
            "Unknown tasks.measure \"answered\" (%s:6). The only choice is exact_match."
                .formatted(file))
        .hasMessageContaining("Unknown tasks.take \"both\"")
        .hasMessageContaining("tasks.labels must be two texts or more, each once")
        .hasMessageContaining("Unknown key tasks.choices");
  }

  @Test
  void readsTheScaleOfATaskAndWritesItBack() {
    Path file = write(BASE, datasets(ES, FR), tasks(CA.replace("}", ", scale = 0.25 }")));

    Manifest manifest = Manifest.read(file);

    assertThat(manifest.tasks().get(0).scale()).hasValue(0.25);
    Manifest.write(manifest, file);
    assertThat(Manifest.read(file)).isEqualTo(manifest);
  }

  @Test
  void readsWhatIsKnownOfDatasetsWithoutExpertsAndWritesItBack() {
    Path file =
        write(
            BASE,
            datasets(
                ES.replace("}", ", baselines { share = 0.25, \"similarity to c.a\" = -1e-3 } }"),
                FR.replace("}", ", baselines { share = 0.75, \"similarity to c.a\" = 0 } }")),
            tasks(CA));

    Manifest manifest = Manifest.read(file);

    assertThat(manifest.baselines())
        .isEqualTo(
            Map.of(
                "es", Map.of("share", 0.25, "similarity to c.a", -0.001),
                "fr", Map.of("share", 0.75, "similarity to c.a", 0.0)));
    Manifest.write(manifest, file);
    assertThat(Manifest.read(file)).isEqualTo(manifest);
  }

  @Test
  void refusesBaselinesThatAreNoNumbersOrThatSomeDatasetsLack() {
    Path file =
        write(
            BASE,
            datasets(
                ES.replace("}", ", baselines { share = much } }"),
                FR.replace("}", ", baselines { size = 2 } }")),
            tasks(CA));

    assertThat(problems(ExitCode.USAGE, file))
        .containsExactlyInAnyOrder(
            "datasets.baselines.share must be a number, not \"much\" (%s:3).".formatted(file),
            "The baselines of dataset fr have other names than those of es (%s:4). Give each"
                    .formatted(file)
                + " dataset the same ones, or none any.");
  }

  @Test
  void readsInWhichFormAnExpertComesAndWritesItBack() {
    Path file =
        write(
            BASE.replace("}", ", tied = [[\"lm_head.weight\", embed], [a, b]] }"),
            datasets(
                ES.replace("}", ", kind = lora }"),
                "{ id = fr, expert = models/fr, kind = full, missing = base, extra = ignore-listed",
                "  prefixes = [{ from = \"module.\", to = \"\" }, { from = \"\", to = x }]",
                "  ignore = [\"rotary.*\", exact] }",
                "{ id = it, expert = it.safetensors, vocabulary = union }"),
            tasks(CA));

    Manifest manifest = Manifest.read(file);

    assertThat(manifest.base().tied())
        .containsExactly(new TiedNames("lm_head.weight", "embed"), new TiedNames("a", "b"));
    assertThat(manifest.datasets())
        .extracting(DatasetEntry::policy)
        .containsExactly(
            new ExpertPolicy(
                ExpertKind.LORA,
                List.of(),
                ExpertPolicy.Missing.FAIL,
                ExpertPolicy.Extra.FAIL,
                List.of(),
                manifest.base().tied()),
            new ExpertPolicy(
                ExpertKind.FULL,
                List.of(new PrefixMapping("module.", ""), new PrefixMapping("", "x")),
                ExpertPolicy.Missing.BASE,
                ExpertPolicy.Extra.IGNORE_LISTED,
                List.of("rotary.*", "exact"),
                manifest.base().tied()),
            new ExpertPolicy(
                    ExpertKind.AUTO,
                    List.of(),
                    ExpertPolicy.Missing.FAIL,
                    ExpertPolicy.Extra.FAIL,
                    List.of(),
                    manifest.base().tied())
                .vocabulary(ExpertPolicy.Vocabulary.UNION));

    Manifest.write(manifest, file);
    assertThat(Manifest.read(file)).isEqualTo(manifest);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "kind = dora | Unknown datasets.kind \"dora\" (FILE). Choices are auto, full, delta, lora,"
            + " sparse.",
        "missing = zero | Unknown datasets.missing \"zero\" (FILE). Choices are fail, base.",
        "extra = skip | Unknown datasets.extra \"skip\" (FILE). Choices are fail, ignore-listed.",
        "extra = ignore-listed | datasets.extra is ignore-listed, but no name is listed (FILE)."
            + " List the names in ignore.",
        "ignore = [a] | datasets.ignore lists names, but extra tensors are not ignored (FILE). Set"
            + " extra = ignore-listed beside it.",
        "prefixes = [{ from = a }] | datasets.prefixes.to is missing (FILE).",
        "prefixes = [{ from = a, to = b, if = c }] | Unknown key datasets.prefixes.if (FILE). Known"
            + " keys of datasets.prefixes: from, to.",
        "prefixes = a | datasets.prefixes must be a list, not \"a\" (FILE).",
      })
  void refusesAFormThatItDoesNotKnow(String setting, String message) {
    Path file = write(BASE, datasets(ES, FR.replace("}", ", " + setting + " }")), tasks(CA));

    assertThat(problems(ExitCode.USAGE, file))
        .containsExactly(message.replace("FILE", file + ":4"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[[a]]", "[[a, b, c]]", "[[a, a]]"})
  void refusesTiesThatAreNoPairs(String tied) {
    Path file = write(BASE.replace("}", ", tied = " + tied + " }"), datasets(ES, FR), tasks(CA));

    assertThat(problems(ExitCode.USAGE, file))
        .singleElement()
        .asString()
        .startsWith("base.tied must hold pairs of two different names, not [a");
  }

  @Test
  void readsAShareThatIsHeldOutToConfirm() {
    String task = CA.replace("}", ", confirm = { share = 0.25, seed = 7 } }");
    Manifest manifest = Manifest.read(write(BASE, datasets(ES, FR), tasks(task)));

    TaskEntry read = manifest.tasks().get(0);
    assertThat(read.holdout()).contains(new Holdout(0.25, 7));
    assertThat(read.confirm()).isEmpty();
    assertThat(read.confirmedBy()).contains(read.data());
    Path written = folder.resolve("written.conf");
    Manifest.write(manifest, written);
    assertThat(Manifest.read(written).tasks()).isEqualTo(manifest.tasks());

    String unsaid = CA.replace("}", ", confirm = { share = 0.25 } }");
    assertThat(Manifest.read(write(BASE, datasets(ES, FR), tasks(unsaid))).tasks().get(0).holdout())
        .contains(new Holdout(0.25, 1));
  }

  @Test
  void refusesAShareThatIsNone() {
    for (String share : List.of("0", "1", "-0.5", "half")) {
      String task = CA.replace("}", ", confirm = { share = " + share + " } }");
      assertThat(problems(ExitCode.USAGE, write(BASE, datasets(ES, FR), tasks(task))))
          .singleElement()
          .asString()
          .startsWith("tasks.confirm.share must be");
    }
    String unknown = CA.replace("}", ", confirm = { share = 0.5, file = x } }");
    assertThat(problems(ExitCode.USAGE, write(BASE, datasets(ES, FR), tasks(unknown))))
        .singleElement()
        .asString()
        .contains("tasks.confirm.file");
  }

  @Test
  void readsWhereWorkedExamplesComeFrom() {
    String task =
        "{ id = q, kind = multiple-choice, data = q.jsonl, shots = 2, shots-data = w.jsonl }";
    Manifest manifest = Manifest.read(write(BASE, datasets(ES, FR), tasks(task)));

    assertThat(manifest.tasks().get(0).shots()).contains(Location.of(folder.resolve("w.jsonl")));
    Path written = folder.resolve("written.conf");
    Manifest.write(manifest, written);
    assertThat(Manifest.read(written).tasks()).isEqualTo(manifest.tasks());
    assertThat(
            problems(
                ExitCode.USAGE, write(BASE, datasets(ES, FR), tasks(task.replace("w.", "q.")))))
        .singleElement()
        .asString()
        .startsWith("The worked examples of task q come from its own data");
    assertThat(
            problems(
                ExitCode.USAGE,
                write(BASE, datasets(ES, FR), tasks(task.replace("}", ", confirm = w.jsonl }")))))
        .singleElement()
        .asString()
        .startsWith("The worked examples of task q come from its confirm data");
    assertThat(
            problems(
                ExitCode.USAGE,
                write(BASE, datasets(ES, FR), tasks(task.replace("shots = 2, ", "")))))
        .singleElement()
        .asString()
        .contains("shots-data");
  }

  @Test
  void refusesToHoldOutWhatRanksInAnotherTask() {
    String held = CA.replace("}", ", confirm = { share = 0.5 } }");
    String same = held.replace("id = ca", "id = other");
    String whole = CA.replace("id = ca", "id = other");

    assertThat(Manifest.read(write(BASE, datasets(ES, FR), tasks(held, same))).tasks()).hasSize(2);
    assertThat(problems(ExitCode.USAGE, write(BASE, datasets(ES, FR), tasks(held, whole))))
        .singleElement()
        .asString()
        .startsWith("What task ca holds out to confirm ranks the mixtures in task other");
  }

  @Test
  void startsRelativePathsAtItsOwnFolderInAStoreToo() {
    Path copy =
        write(
            BASE,
            datasets(ES, "{ id = fr, expert = \"s3a://other/fr.safetensors\" }"),
            tasks(CA.replace("}", ", confirm = \"/data/confirm.txt\" }")));

    Manifest manifest = Manifest.read(Location.of("s3a://bucket/team/manifest.conf"), copy);

    assertThat(manifest.file()).hasToString("s3a://bucket/team/manifest.conf");
    assertThat(manifest.base().model().orElseThrow()).hasToString("s3a://bucket/team/graph.pt");
    assertThat(manifest.datasets())
        .extracting(dataset -> dataset.expert().text())
        .containsExactly("s3a://bucket/team/es.safetensors", "s3a://other/fr.safetensors");
    assertThat(manifest.tasks().get(0).confirm()).contains(Location.of("/data/confirm.txt"));
  }

  @Test
  void namesAProblemByWhereTheManifestLies() {
    Path copy = write(BASE, datasets(ES, FR), "tasks = [], colour = red");

    assertThatThrownBy(() -> Manifest.read(Location.of("s3a://bucket/manifest.conf"), copy))
        .hasMessageContaining("s3a://bucket/manifest.conf:")
        .hasMessageNotContaining(copy.toString());
  }

  @Test
  void acceptsFoldersForCheckpoints() throws IOException {
    Manifest manifest = Manifest.read(write(BASE, datasets(ES, FR), tasks(CA)));
    for (String name : List.of("graph.pt", "ca.txt")) {
      Files.writeString(folder.resolve(name), "x");
    }
    for (String name : List.of("base.safetensors", "es.safetensors", "fr.safetensors")) {
      Files.writeString(Files.createDirectory(folder.resolve(name)).resolve("file"), "x");
    }

    assertThat(manifest.missingFiles(FILES, Purpose.SEARCHING)).isEmpty();
  }

  @Test
  void saysSoWhenItCannotBeWritten() throws IOException {
    Manifest manifest = Manifest.read(write(BASE, datasets(ES, FR), tasks(CA)));
    Path taken = Files.writeString(folder.resolve("taken"), "a file");

    UserException thrown =
        catchThrowableOfType(
            UserException.class, () -> Manifest.write(manifest, taken.resolve("names.conf")));

    assertThat(thrown).hasMessageStartingWith("The manifest cannot be written: ");
    assertThat(thrown.exitCode()).isEqualTo(ExitCode.INPUT);
  }

  @Test
  void treatsAManifestThatIsNotThereAsAMissingInput() throws IOException {
    Path missing = folder.resolve("missing.conf");
    Path empty = Files.createFile(folder.resolve("empty.conf"));

    assertThat(problems(ExitCode.INPUT, missing))
        .containsExactly("The manifest does not exist (" + missing + ").");
    assertThat(problems(ExitCode.INPUT, folder))
        .containsExactly("The manifest is a folder, not a file (" + folder + ").");
    assertThat(problems(ExitCode.INPUT, empty))
        .containsExactly("The manifest is empty (" + empty + ").");
  }

  @Test
  void tellsTheLineWhereItCannotBeParsed() {
    Path file = write(BASE, "datasets = [", "tasks = ]");

    assertThat(problems(ExitCode.USAGE, file))
        .singleElement()
        .asString()
        .contains("(" + file + ":3)");
  }

  @Test
  void tellsAllProblemsAtOnceInTheOrderOfTheLines() {
    Path file =
        write(
            "base {",
            "  model = graph.pt",
            "  chekpoint = base.safetensors",
            "  tokenizer = words",
            "  context = 1",
            "  sha256 = abc",
            "}",
            "datasets = [",
            "  { id = es, exprt = es.safetensors }",
            "  { id = \"es+fr\", expert = \"a:b\" }",
            "  { id = 7, expert = \"\" }",
            "  5",
            "]",
            "tasks = [",
            "  { id = \"-\", kind = guessing, data = ca.txt, weight = 0 }",
            "]",
            "experts = []");

    assertThat(problems(ExitCode.USAGE, file))
        .containsExactly(
            "base.checkpoint is missing (" + file + ":1).",
            "Unknown key base.chekpoint (" + file + ":3). Did you mean base.checkpoint?",
            "Unknown base.tokenizer \"words\" (" + file + ":4). The only choice is bytes.",
            "base.context must be at least 2, not 1 (" + file + ":5).",
            "base.sha256 must be 64 hexadecimal digits (" + file + ":6).",
            "datasets.expert is missing (" + file + ":9).",
            "Unknown key datasets.exprt (" + file + ":9). Did you mean datasets.expert?",
            "Dataset id \"es+fr\" is not allowed ("
                + file
                + ":10). Use letters, digits, dots, underscores and hyphens, beginning with a"
                + " letter or digit, because + and : separate datasets in a mixture's id.",
            "datasets.id must be text, not 7 (" + file + ":11).",
            "datasets.expert is empty (" + file + ":11).",
            "datasets must hold groups of keys, not 5 (" + file + ":12).",
            "Task id \"-\" is not allowed ("
                + file
                + ":15). Use letters, digits, dots, underscores and hyphens, beginning with a"
                + " letter or digit.",
            "Unknown tasks.kind \"guessing\" ("
                + file
                + ":15). Choices are language-modelling, multiple-choice, exact-match,"
                + " classification, lm-eval.",
            "tasks.weight must be above 0, not 0 (" + file + ":15).",
            "Unknown key experts (" + file + ":17). Did you mean datasets.expert?");
  }

  @Test
  void tellsMissingGroupsOnceEach() {
    Path file = write("# nothing");

    assertThat(problems(ExitCode.USAGE, file))
        .containsExactly(
            "base is missing (" + file + ").",
            "datasets is missing (" + file + ").",
            "tasks is missing (" + file + ").");
  }

  @Test
  void refusesTooFewDatasetsAndTasks() {
    Path none = write(BASE, "datasets = []", "tasks = []");
    assertThat(problems(ExitCode.USAGE, none))
        .containsExactly(
            "There is no dataset (" + none + ":2). A mixture needs at least two datasets.",
            "There is no task (" + none + ":3). Mixtures are ranked by at least one task.");

    Path one = write(BASE, datasets(ES), tasks(CA));
    assertThat(problems(ExitCode.USAGE, one))
        .containsExactly(
            "There is only one dataset (" + one + ":2). A mixture needs at least two datasets.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"./es.safetensors", "x/../es.safetensors", "file:FOLDER/es.safetensors"})
  void knowsAnExpertInAnotherSpelling(String spelling) {
    String again = spelling.replace("FOLDER", folder.toString());
    Path file =
        write(BASE, datasets(ES, FR.replace("fr.safetensors", '"' + again + '"')), tasks(CA));

    assertThat(problems(ExitCode.USAGE, file))
        .containsExactly(
            "Expert %s is given twice (%s:3, %s:4). Each dataset and each task has its own."
                .formatted(again, file, file));
  }

  @Test
  void refusesToConfirmByTheExamplesThatRank() {
    Path file =
        write(
            BASE,
            datasets(ES, FR),
            tasks(
                CA.replace("}", ", confirm = \"./ca.txt\" }"),
                CA.replace("ca", "pt").replace("}", ", confirm = ca.txt }")));

    assertThat(problems(ExitCode.USAGE, file))
        .containsExactly(
            "The confirm data of task ca is data that ranks the mixtures (%s:7). Name a file of"
                    .formatted(file)
                + " other examples, or leave confirm out.",
            "The confirm data of task pt is data that ranks the mixtures (%s:8). Name a file of"
                    .formatted(file)
                + " other examples, or leave confirm out.");
  }

  @Test
  void refusesAKeyThatADatasetGivesTwice() {
    Path file =
        write(BASE, datasets(ES, FR.replace("}", ", expert = it.safetensors }")), tasks(CA));

    assertThat(problems(ExitCode.USAGE, file))
        .containsExactly(
            "datasets.expert is given twice (%s:4, %s:4). Leave one of them out."
                .formatted(file, file));
  }

  @Test
  void namesBothLinesOfWhatIsGivenTwice() {
    Path file =
        write(BASE, datasets(ES, FR, "{ id = es, expert = fr.safetensors }"), tasks(CA, CA));

    assertThat(problems(ExitCode.USAGE, file))
        .extracting(message -> message.replace(" Each dataset and each task has its own.", ""))
        .containsExactly(
            "Dataset id es is given twice (" + file + ":3, " + file + ":5).",
            "Expert fr.safetensors is given twice (" + file + ":4, " + file + ":5).",
            "Task id ca is given twice (" + file + ":8, " + file + ":9).");
  }

  @ParameterizedTest
  @ValueSource(strings = {"es:fr", " es", "é", "", ".es", "es/fr", "es\\nfr"})
  void refusesOtherIdsThatAMixtureCannotBeReadBackFrom(String id) {
    Path file = write(BASE, datasets(ES, "{ id = \"" + id + "\", expert = x }"), tasks(CA));

    assertThat(problems(ExitCode.USAGE, file)).singleElement().asString().contains(file + ":4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "weight = -1 | tasks.weight must be above 0, not -1",
        "weight = 1e999 | tasks.weight must be a finite number, not 1e999",
        "weight = \"1\" | tasks.weight must be a number, not \"1\"",
        "confirm = \"s3a://KEY:SECRET@b/c\" | tasks.confirm holds a password: give credentials to"
            + " Spark, as spark.hadoop.*, not here",
        "confirm = \"a\\u0000b\" | tasks.confirm holds control characters",
        "confirm = [] | tasks.confirm must be text, not a list",
      })
  void refusesATaskWithABrokenValue(String setting, String message) {
    Path file = write(BASE, datasets(ES, FR), tasks(CA.replace("}", ", " + setting + " }")));

    assertThat(problems(ExitCode.USAGE, file)).containsExactly(message + " (" + file + ":7).");
  }

  @Test
  void namesTheFilesThatAPurposeLacks() throws IOException {
    Manifest manifest =
        Manifest.read(
            write(
                BASE,
                datasets(ES, "{ id = fr, expert = fr.safetensors }"),
                tasks(CA.replace("}", ", confirm = confirm.txt }"))));
    Files.writeString(manifest.base().model().orElseThrow().path(), "graph");
    Files.createFile(manifest.base().checkpoint().path());
    Files.createDirectory(folder.resolve("es.safetensors"));
    String correct = " Correct its path in " + manifest.file() + ".";
    String checkpoint =
        "The base's checkpoint is empty (" + manifest.base().checkpoint() + ")." + correct;
    String finetune = " Fine-tune it first, or correct its path in " + manifest.file() + ".";

    assertThat(messages(manifest.missingFiles(FILES, Purpose.SEARCHING)))
        .containsExactly(
            checkpoint,
            "The expert of dataset es is an empty folder ("
                + folder.resolve("es.safetensors")
                + ")."
                + finetune,
            "The expert of dataset fr does not exist ("
                + folder.resolve("fr.safetensors")
                + ")."
                + finetune,
            "The data of task ca does not exist (" + folder.resolve("ca.txt") + ")." + correct);
    assertThat(messages(manifest.missingFiles(FILES, Purpose.FINE_TUNING)))
        .containsExactly(
            checkpoint,
            "The data of dataset es does not exist (" + folder.resolve("es.txt") + ")." + correct,
            "The data of dataset fr is not given, and fine-tuning needs it ("
                + manifest.file()
                + "). Add data to the dataset.");
    assertThat(messages(manifest.missingFiles(FILES, Purpose.CONFIRMING)))
        .containsExactly(
            checkpoint,
            "The confirm data of task ca does not exist ("
                + folder.resolve("confirm.txt")
                + ")."
                + correct);
    assertThat(manifest.missingFiles(FILES, Purpose.values())).hasSize(7).doesNotHaveDuplicates();
  }

  @Test
  void findsNothingMissingWhenAllIsThere() throws IOException {
    Manifest manifest = Manifest.read(write(BASE, datasets(ES, FR), tasks(CA)));
    for (String name : List.of("graph.pt", "base.safetensors", "ca.txt")) {
      Files.writeString(folder.resolve(name), "x");
    }
    for (String name : List.of("es.txt", "es.safetensors", "fr.txt", "fr.safetensors")) {
      Files.writeString(folder.resolve(name), "x");
    }

    assertThat(manifest.missingFiles(FILES, Purpose.values())).isEmpty();
  }

  @Test
  void readsTasksOfLmEvalAndWritesThemBack() {
    Path file =
        write(
            """
base { checkpoint = base }
datasets = [ { id = a, expert = a }, { id = b, expert = b } ]
tasks = [
  { id = easy, kind = lm-eval, task = arc_easy, measure = "acc_norm,none", examples = 500
    confirm = 400, seed = 7, shots = 5, shots-seed = 1, layout = one-turn, system = "Be brief."
    weight = 2, scale = 0.1 }
  { id = own, kind = lm-eval, task = "tasks/own.yaml", measure = "exact_match,none" }
]
""");
    Manifest manifest = Manifest.read(file);

    assertThat(manifest.tasks()).isEmpty();
    HarnessEntry easy = manifest.harness().get(0);
    assertThat(easy.task().options())
        .containsEntry("shots", 5)
        .containsEntry("layout", "one-turn")
        .containsEntry("system", "Be brief.");
    assertThat(easy.examples()).hasValue(500);
    assertThat(manifest.harness().get(1).task().task())
        .isEqualTo(file.resolveSibling("tasks/own.yaml").toAbsolutePath().toString());
    Manifest.write(manifest, file);
    assertThat(Manifest.read(file)).isEqualTo(manifest);
  }

  @Test
  void refusesAFileOfLmEvalThatIsOnNoHost() {
    Path file =
        write(
            """
            base { checkpoint = base }
            datasets = [ { id = a, expert = a }, { id = b, expert = b } ]
            tasks = [ { id = own, kind = lm-eval, task = "s3a://bucket/own.yaml", measure = acc } ]
            """);
    assertThatThrownBy(() -> Manifest.read(file))
        .hasMessageContaining("lm-eval reads files of its own host");
  }

  @Test
  void acceptsEveryExampleInDataManifests() throws IOException {
    List<Path> examples;
    try (Stream<Path> files = Files.list(Path.of("data-manifests"))) {
      examples = files.filter(file -> file.toString().endsWith(".conf")).toList();
    }

    assertThat(examples)
        .isNotEmpty()
        .allSatisfy(
            example ->
                assertThat(
                        example.endsWith("corpus.conf")
                            ? UndividedManifest.read(Location.of(example), example).tasks()
                            : Manifest.read(example).tasks())
                    .isNotEmpty());
  }

  @Test
  void readsACorpusThatIsStillToBeDivided() {
    Path file = write(BASE, "corpus { data = \"all/*.jsonl\", text = body }", tasks(CA));

    UndividedManifest undivided = UndividedManifest.read(Location.of(file), file);

    assertThat(undivided.corpus()).isEqualTo(Location.of(folder.resolve("all/*.jsonl")));
    assertThat(undivided.columns().named()).containsOnly(Map.entry("text", "body"));
    assertThat(undivided.base())
        .isEqualTo(Manifest.read(write(BASE, datasets(ES, FR), tasks(CA))).base());
  }

  @Test
  void saysWhatToDoWithACorpus() {
    assertThat(problems(ExitCode.USAGE, write(BASE, "corpus { data = all }", tasks(CA))))
        .anySatisfy(problem -> assertThat(problem).contains("Divide it first with divide"));
  }

  @Test
  void writesTheTextThatItReads() throws IOException {
    Manifest manifest = Manifest.read(write(BASE, datasets(ES, FR), tasks(CA)));

    assertThat(Manifest.read(Files.writeString(folder.resolve("names.conf"), manifest.text())))
        .isEqualTo(manifest);
  }

  private static String datasets(String... entries) {
    return "datasets = [\n" + String.join("\n", entries) + "\n]";
  }

  private static String tasks(String... entries) {
    return "tasks = [\n" + String.join("\n", entries) + "\n]";
  }

  private Path write(String... lines) {
    try {
      return Files.writeString(folder.resolve("names.conf"), String.join("\n", lines));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> problems(ExitCode exitCode, Path file) {
    UserException thrown = catchThrowableOfType(UserException.class, () -> Manifest.read(file));
    assertThat(thrown).isNotNull();
    assertThat(thrown.exitCode()).isEqualTo(exitCode);
    return messages(thrown.problems());
  }

  private static List<String> messages(List<Problem> problems) {
    return problems.stream().map(Problem::message).toList();
  }
}
