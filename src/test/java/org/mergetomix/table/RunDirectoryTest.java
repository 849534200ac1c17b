package org.mergetomix.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.preflight.Preflight;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.Measure;
import org.mergetomix.testing.Golden;

class RunDirectoryTest {

  private static final RunRecord.Ended ENDED =
      new RunRecord.Ended("exhaustive", "every mixture was asked for");

  private static final RunRecord.Objective OBJECTIVE =
      new RunRecord.Objective(
          "weighted mean",
          "bits per byte",
          Direction.LOWER_IS_BETTER,
          List.of(
              new RunRecord.WeightedTask(
                  "task",
                  new Measure(
                      "bits_per_byte",
                      "bits per byte",
                      Direction.LOWER_IS_BETTER,
                      Measure.Aggregate.MEAN),
                  1,
                  0)));

  @TempDir private Path folder;

  @Test
  void readsBackWhatItWrote() {
    RunDirectory directory =
        new RunDirectory(Location.of(folder.resolve("run")), new Configuration());
    directory.write(confirmed());

    assertThat(directory.read()).contains(confirmed());
    assertThat(directory.require()).isEqualTo(confirmed());
  }

  @Test
  void writesTheFieldsThatOthersRelyOn() throws IOException {
    RunDirectory directory = new RunDirectory(Location.of(folder), new Configuration());
    directory.write(confirmed());

    Golden.assertMatches(
        RunDirectoryTest.class, "run.json", Files.readString(folder.resolve("run.json")));
  }

  @Test
  void readsNumbersThatAreNone() {
    RunRecord record =
        fresh("1")
            .ranked(
                new RunRecord.Counts(3, 2, 1, 0, 0),
                new RunRecord.Seconds(0, 0, 0, 1),
                ENDED,
                SubsetWeights.EQUAL,
                OBJECTIVE,
                new TreeMap<>(Map.of("task", new Estimate(1, Double.NaN))),
                new RunRecord.Surface(
                    "any",
                    3,
                    0.5,
                    new TreeMap<>(Map.of("other", Double.NaN)),
                    "rough",
                    new TreeMap<>(
                        Map.of(
                            "a",
                            new RunRecord.Gain(
                                new Estimate(1, Double.NaN), new Estimate(1, Double.NaN))))),
                "d1",
                "now");
    RunDirectory directory = new RunDirectory(Location.of(folder), new Configuration());
    directory.write(record);

    assertThat(directory.require()).isEqualTo(record);
  }

  @Test
  void readsARunThatTellsNoOtherKindsOfSurface() throws IOException {
    RunDirectory directory = new RunDirectory(Location.of(folder), new Configuration());
    directory.write(confirmed());
    Path file = folder.resolve("run.json");
    Files.writeString(file, Files.readString(file).replaceFirst("\"rivals\" : \\{[^}]*},", ""));

    RunRecord.Surface surface = directory.require().surface();

    assertThat(surface.rivals()).isEmpty();
    assertThat(surface.gains()).isEqualTo(confirmed().surface().gains());
  }

  @Test
  void readsARunThatKnowsEqualWeightsAlone() throws IOException {
    RunDirectory directory = new RunDirectory(Location.of(folder), new Configuration());
    directory.write(confirmed());
    Path file = folder.resolve("run.json");
    String text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("\"weights\" : \\{[^}]*\\}\\s*},", ""));

    assertThat(Files.readString(file)).isNotEqualTo(text).doesNotContain("\"weights\" :");
    assertThat(directory.require()).isEqualTo(confirmed());
  }

  @Test
  void leavesNothingBesideWhatItWrote() throws IOException {
    RunDirectory directory = new RunDirectory(Location.of(folder), new Configuration());
    directory.write(fresh("1"));
    directory.write(confirmed());
    directory.writeReport("<html></html>");

    assertThat(names()).containsExactlyInAnyOrder("run.json", "report.html");
    assertThat(directory.report().path()).hasContent("<html></html>");
  }

  @Test
  void claimsANewDirectoryAndAnEmptyOne() throws IOException {
    assertThatCode(
            () ->
                claim(
                    new RunDirectory(Location.of(folder.resolve("new/er")), new Configuration()),
                    "1"))
        .doesNotThrowAnyException();
    Files.createDirectory(folder.resolve("empty"));
    assertThatCode(
            () ->
                claim(
                    new RunDirectory(Location.of(folder.resolve("empty")), new Configuration()),
                    "1"))
        .doesNotThrowAnyException();
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void claimsADirectoryInWhichTheFirstRecordWasNotFinished() throws IOException {
    Files.writeString(folder.resolve(".unfinished-0123abcd-run.json"), "{");
    assertThatCode(() -> claim(new RunDirectory(Location.of(folder), new Configuration()), "1"))
        .doesNotThrowAnyException();
  }

  @Test
  void claimsADirectoryOfTheSameRun() {
    RunDirectory directory = new RunDirectory(Location.of(folder), new Configuration());
    directory.write(confirmed());

    assertThatCode(() -> claim(directory, "1")).doesNotThrowAnyException();
  }

  @Test
  void refusesADirectoryOfAnotherRunAndSaysWhatDiffers() {
    RunDirectory directory = new RunDirectory(Location.of(folder), new Configuration());
    directory.write(fresh("1"));

    assertThatThrownBy(() -> claim(directory, "2"))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE);
              assertThat(refusal.problems())
                  .singleElement()
                  .satisfies(
                      problem -> {
                        assertThat(problem.what())
                            .isEqualTo(
                                "The output directory belongs to another run:"
                                    + " evaluation.batch-size was 1 and is now 2");
                        assertThat(problem.where()).isEqualTo(folder.toString());
                        assertThat(problem.remedy())
                            .isEqualTo(
                                "Choose another output, or go back to what that run was started"
                                    + " with");
                      });
            });
    assertThat(directory.read()).contains(fresh("1"));
  }

  @Test
  void refusesADirectoryOfOtherFiles() throws IOException {
    Files.writeString(folder.resolve("thesis.tex"), "years of work");

    assertThatThrownBy(() -> claim(new RunDirectory(Location.of(folder), new Configuration()), "1"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "The output directory is not empty and holds no run.json (%s)."
                + " Choose another output, or empty it.",
            folder);
    assertThat(names()).containsExactly("thesis.tex");
  }

  @Test
  void refusesAFileInPlaceOfADirectory() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "text");
    RunDirectory directory = new RunDirectory(Location.of(file), new Configuration());

    assertThatThrownBy(() -> claim(directory, "1"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "The output directory cannot be used: it is a file (%s)."
                + " Choose an output that can be written, with room on its disk.",
            file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "[]",
        "{\"format\": 4",
        "{\"format\": 4, \"run_id\": \"x\"}",
        "{\"format\": 4, \"surprise\": 1}",
        "\u0000",
      })
  void saysThatRunJsonIsBroken(String text) throws IOException {
    Files.writeString(folder.resolve("run.json"), text);
    RunDirectory directory = new RunDirectory(Location.of(folder), new Configuration());

    assertThatThrownBy(() -> claim(directory, "1"))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT);
              assertThat(refusal)
                  .hasMessageStartingWith("run.json is broken: ")
                  .hasMessageContaining("(" + folder.resolve("run.json") + ").")
                  .hasMessageEndingWith("Restore it, or choose another output directory.");
            });
    assertThat(folder.resolve("run.json")).hasContent(text);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5})
  void saysThatRunJsonIsOfAnotherVersion(int format) throws IOException {
    RunDirectory directory = new RunDirectory(Location.of(folder), new Configuration());
    directory.write(confirmed());
    String json = Files.readString(directory.record().path());
    Files.writeString(
        directory.record().path(), json.replace("\"format\" : 4", "\"format\" : " + format));

    assertThatThrownBy(directory::require)
        .isInstanceOf(UserException.class)
        .hasMessage(
            "run.json has format %d, and this version reads format 4 (%s)."
                + " Use the version that wrote it, or choose another output directory.",
            format, directory.record());
  }

  @Test
  void keepsWhatAnotherDriverWroteMeanwhile() {
    RunDirectory directory = new RunDirectory(Location.of(folder), new Configuration());
    RunRecord own = directory.update(fresh("1"), record -> record);
    RunRecord.Strategy one = new RunRecord.Strategy("exhaustive", "all", List.of());
    RunRecord.Strategy other = new RunRecord.Strategy("random", "10", List.of("round=x"));
    directory.update(own, record -> record.searchedBy(other));

    RunRecord both = directory.update(own, record -> record.searchedBy(one));

    assertThat(both.search().strategies()).containsExactly(other, one);
    assertThat(directory.read()).contains(both);
    RunRecord.Strategy later = new RunRecord.Strategy("random", "10", List.of("round=y"));
    assertThat(directory.update(own, record -> record.searchedBy(later))).isEqualTo(both);
  }

  @Test
  void changesNoRecordOfAnotherRun() {
    RunDirectory directory = new RunDirectory(Location.of(folder), new Configuration());
    directory.write(fresh("2"));

    assertThatThrownBy(() -> directory.update(fresh("1"), record -> record))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("The output directory belongs to another run:");
    assertThat(directory.read()).contains(fresh("2"));
  }

  @Test
  void saysThatThereIsNoRun() {
    assertThatThrownBy(() -> new RunDirectory(Location.of(folder), new Configuration()).require())
        .isInstanceOf(UserException.class)
        .hasMessage(
            "There is no run in the output directory (%s). Run search first, or correct output.",
            folder);
  }

  /** Not even root creates a folder there. */
  @Test
  void saysThatTheDirectoryCannotBeWritten() {
    RunDirectory directory =
        new RunDirectory(Location.of(Path.of("/proc/merge-to-mix")), new Configuration());

    assertThatThrownBy(() -> directory.write(fresh("1")))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT);
              assertThat(refusal)
                  .hasMessageStartingWith("The output directory cannot be used: ")
                  .hasMessageNotContaining("Exception")
                  .hasMessageEndingWith(
                      " (/proc/merge-to-mix)."
                          + " Choose an output that can be written, with room on its disk.");
            });
  }

  @Test
  void keepsWhatWasConfirmedWhenTheRankingIsTheSame() {
    RunRecord again =
        confirmed()
            .startedAgain(fresh("1"))
            .ranked(
                new RunRecord.Counts(3, 3, 0, 0, 0),
                new RunRecord.Seconds(1, 2, 3, 5),
                ENDED,
                SubsetWeights.EQUAL,
                OBJECTIVE,
                new TreeMap<>(),
                RunRecord.Surface.NONE,
                "d1",
                "later");

    assertThat(again.state()).isEqualTo(RunRecord.State.CONFIRMED);
    assertThat(again.preflight()).isEqualTo(preflight());
    assertThat(again.fidelity()).isEqualTo(confirmed().fidelity());
    assertThat(again.counts().trained()).isEqualTo(2);
  }

  @Test
  void dropsWhatWasConfirmedWhenTheRankingIsAnother() {
    RunRecord again =
        confirmed()
            .startedAgain(fresh("1"))
            .ranked(
                new RunRecord.Counts(3, 3, 0, 0, 0),
                new RunRecord.Seconds(1, 2, 3, 5),
                ENDED,
                SubsetWeights.EQUAL,
                OBJECTIVE,
                new TreeMap<>(),
                RunRecord.Surface.NONE,
                "d2",
                "later");

    assertThat(again.state()).isEqualTo(RunRecord.State.RANKED);
    assertThat(again.fidelity()).isEqualTo(RunRecord.Fidelity.NONE);
    assertThat(again.counts().trained()).isZero();
  }

  @Test
  void namesEveryKindOfDeviceInOrder() {
    RunRecord met = fresh("1").evaluatedOn(Set.of("gpu", "cpu"));

    assertThat(met.start().versions())
        .containsEntry("device", "cpu, gpu")
        .containsEntry("java", "17");
    assertThat(met.evaluatedOn(Set.of("gpu")).start().versions()).containsEntry("device", "gpu");
    assertThat(met.evaluatedOn(Set.of())).isEqualTo(met);
  }

  private static RunRecord fresh(String batchSize) {
    SortedMap<String, String> identity = new TreeMap<>();
    identity.put("base", "b0");
    identity.put("evaluation.batch-size", batchSize);
    return RunRecord.begun(
        "2026-01-01T00:00:00Z",
        new RunRecord.Run(
            "run" + batchSize,
            identity,
            List.of("a", "b"),
            List.of(new RunRecord.RunInput("base", "", "/data/base.safetensors", "b0"))),
        new RunRecord.Start(
            new TreeMap<>(Map.of("seed", "1")),
            new TreeMap<>(Map.of("java", "17")),
            new TreeMap<>(Map.of("es", new TreeMap<>(Map.of("share", 0.5))))));
  }

  private static Preflight preflight() {
    return new Preflight(
        4,
        0.1,
        new TreeMap<>(
            Map.of(
                "a",
                movement(0.5, Map.of("layers.0", 0.25, "outside of layers", 0.125)),
                "b",
                movement(0, Map.of("layers.0", 0.0, "outside of layers", 0.0)))),
        new TreeMap<>(Map.of("a", new TreeMap<>(Map.of("b", 0.0)), "b", new TreeMap<>())),
        List.of("An expert is the base itself (b). Was it saved?"));
  }

  private static Preflight.Movement movement(double norm, Map<String, Double> layers) {
    return new Preflight.Movement(norm, norm / 4, norm, new TreeMap<>(layers));
  }

  private static RunRecord confirmed() {
    return fresh("1")
        .measured(preflight())
        .ranked(
            new RunRecord.Counts(3, 2, 1, 0, 0),
            new RunRecord.Seconds(0.5, 2, 0, 4),
            ENDED,
            SubsetWeights.EQUAL,
            OBJECTIVE,
            new TreeMap<>(Map.of("task", new Estimate(3, 0.25))),
            new RunRecord.Surface(
                "quadratic in the merge weights",
                7,
                0.75,
                new TreeMap<>(Map.of("ridge regression", 0.5)),
                "surface",
                new TreeMap<>(
                    Map.of(
                        "a",
                        new RunRecord.Gain(new Estimate(0.5, 0.25), new Estimate(0.25, 0.125))))),
            "d1",
            "2026-01-01T00:00:01Z")
        .confirmed(
            2,
            new RunRecord.Seconds(0.5, 2, 8, 16),
            new RunRecord.Fidelity(
                new TreeMap<>(Map.of("pearson", 0.5)),
                List.of(
                    new Confirmation("winner", "a+b", new Estimate(1, 0.5), new Estimate(0, 0)),
                    new Confirmation("base", "", new Estimate(2, 0.5), new Estimate(1, 0.125)))),
            "2026-01-01T00:00:02Z");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static void claim(RunDirectory directory, String run) {
    directory.claim(fresh(run).runId(), fresh(run).run().identity());
  }
}
