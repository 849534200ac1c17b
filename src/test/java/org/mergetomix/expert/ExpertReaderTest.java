package org.mergetomix.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mergetomix.safetensors.TensorFile.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.family.TiedNames;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.tensor.Checkpoint;

class ExpertReaderTest {

  @TempDir Path folder;

  @Test
  void takesAFileOrAFolderForAWholeCheckpoint() throws IOException {
    Path base = ramp("base", 1);
    Path file = ramp("file", 3);
    Path inFolder = Files.createDirectory(folder.resolve("expert"));
    new TensorFile().ramp("a", List.of(3), 3).write(inFolder.resolve("model.safetensors"));

    assertThat(values(base, file, ExpertPolicy.STRICT)).containsExactly(0, 2, 4);
    assertThat(values(base, inFolder, ExpertPolicy.STRICT)).containsExactly(0, 2, 4);
  }

  @Test
  void takesADeltaThatSaysSoOrThatIsSaidToBeOne() {
    Path base = ramp("base", 1);
    Path says =
        new TensorFile()
            .metadata("merge-to-mix.kind", "delta")
            .ramp("a", List.of(3), 3)
            .write(folder.resolve("says.safetensors"));

    assertThat(values(base, says, ExpertPolicy.STRICT)).containsExactly(0, 3, 6);
    assertThat(values(base, ramp("silent", 5), ExpertPolicy.STRICT.of(ExpertKind.DELTA)))
        .containsExactly(0, 5, 10);
    assertThat(problems(base, says, ExpertPolicy.STRICT.of(ExpertKind.FULL)))
        .containsExactly(
            "The metadata says merge-to-mix.kind = delta, but the expert's kind is given as full"
                + " (%s). Correct the kind, or leave it out.".formatted(says));
  }

  @Test
  void doesNotAskADeltaForWholeNumbers() {
    Path base =
        new TensorFile().ramp("a", List.of(3), 1).i64("ids", 4).write(folder.resolve("base"));

    assertThat(values(base, ramp("delta", 5), ExpertPolicy.STRICT.of(ExpertKind.DELTA)))
        .containsExactly(0, 5, 10);
    assertThat(problems(base, ramp("full", 5), ExpertPolicy.STRICT))
        .singleElement()
        .asString()
        .startsWith("The expert lacks a tensor that the base has as I64 [1] (expert ");
  }

  @Test
  void mapsPrefixesByTheFirstThatFits() {
    Path base =
        new TensorFile()
            .ramp("model.a", List.of(3), 1)
            .ramp("b", List.of(3), 1)
            .write(folder.resolve("base"));
    Path expert =
        new TensorFile()
            .ramp("module.a", List.of(3), 2)
            .ramp("module.head.b", List.of(3), 3)
            .write(folder.resolve("expert"));
    ExpertPolicy policy =
        policy(
            List.of(new PrefixMapping("module.head.", ""), new PrefixMapping("module.", "model.")));

    assertThat(values(base, expert, policy, "model.a")).containsExactly(0, 1, 2);
    assertThat(values(base, expert, policy, "b")).containsExactly(0, 2, 4);
  }

  @Test
  void refusesNamesThatBecomeOne() {
    Path expert =
        new TensorFile()
            .ramp("a", List.of(3), 2)
            .ramp("x.a", List.of(3), 3)
            .write(folder.resolve("expert"));

    assertThat(problems(ramp("base", 1), expert, policy(List.of(new PrefixMapping("x.", "")))))
        .containsExactly(
            "The expert's tensors a and x.a both become a (expert %s, tensor x.a). Give each its own"
                    .formatted(expert)
                + " name with prefixes.");
  }

  @Test
  void takesTheBaseForWhatIsMissingWhenThePolicySaysSo() {
    Path base =
        new TensorFile()
            .ramp("a", List.of(3), 1)
            .ramp("b", List.of(2), 1)
            .write(folder.resolve("base"));
    Path expert = ramp("expert", 2);
    ExpertPolicy lenient =
        new ExpertPolicy(
            ExpertKind.AUTO,
            List.of(),
            ExpertPolicy.Missing.BASE,
            ExpertPolicy.Extra.FAIL,
            List.of(),
            List.of());

    assertThat(problems(base, expert, ExpertPolicy.STRICT))
        .containsExactly(
            "The expert lacks a tensor that the base has as F32 [2] (expert %s, tensor b). Save all"
                    .formatted(expert)
                + " parameters of the fine-tuned model, under the base's names; or map names with"
                + " prefixes, or set missing = base to take the base's.");
    try (Checkpoint opened = SafetensorsFile.open(base);
        Delta delta = Delta.open(opened, expert, lenient)) {
      assertThat(read(delta, "b", 2)).containsExactly(0, 0);
    }
  }

  @Test
  void ignoresOnlyExtraTensorsThatAreListed() {
    Path expert =
        new TensorFile()
            .ramp("a", List.of(3), 2)
            .ramp("rotary.0.inv_freq", List.of(1), 1)
            .ramp("exact", List.of(1), 1)
            .ramp("exactly", List.of(1), 1)
            .write(folder.resolve("expert"));
    ExpertPolicy policy =
        new ExpertPolicy(
            ExpertKind.AUTO,
            List.of(),
            ExpertPolicy.Missing.FAIL,
            ExpertPolicy.Extra.IGNORE_LISTED,
            List.of("rotary.*", "exact"),
            List.of());

    assertThat(problems(ramp("base", 1), expert, policy))
        .containsExactly(
            "The base lacks a tensor that the expert has as F32 [1] (expert %s, tensor exactly)."
                    .formatted(expert)
                + " Fine-tune the expert from this base, and save it under the base's names; or map"
                + " names with prefixes, and list what is no weight under ignore, with extra ="
                + " ignore-listed.");
  }

  @Test
  void readsATiedTensorUnderEitherName() {
    ExpertPolicy tied = tied("head", "embed");
    Path both =
        new TensorFile()
            .ramp("embed", List.of(2), 1)
            .ramp("head", List.of(2), 1)
            .write(folder.resolve("both"));
    Path embed = new TensorFile().ramp("embed", List.of(2), 3).write(folder.resolve("embed"));
    Path head = new TensorFile().ramp("head", List.of(2), 4).write(folder.resolve("head"));
    Path untied =
        new TensorFile()
            .ramp("embed", List.of(2), 1)
            .ramp("head", List.of(2), 2)
            .write(folder.resolve("untied"));

    assertThat(values(both, embed, tied, "head")).containsExactly(0, 2);
    assertThat(values(both, embed, tied, "embed")).containsExactly(0, 2);
    assertThat(values(embed, head, tied, "embed")).containsExactly(0, 1);
    assertThat(values(embed, both, tied, "embed")).containsExactly(0, -2);
    assertThat(problems(embed, untied, tied))
        .containsExactly(
            "The expert's tensor differs from embed, to which it is tied in the base (expert %s,"
                    .formatted(untied)
                + " tensor head). Fine-tune the expert with tied weights, or give a base that has"
                + " both tensors.");
    assertThat(problems(both, embed, ExpertPolicy.STRICT)).hasSize(1);
  }

  @Test
  void saysWhichRowsOfAVocabularyDiffer() {
    Path base = new TensorFile().ramp("embed", List.of(8, 2), 1).write(folder.resolve("base"));
    Path small = new TensorFile().ramp("embed", List.of(5, 2), 1).write(folder.resolve("small"));

    assertThat(problems(base, small, ExpertPolicy.STRICT))
        .containsExactly(
            "Expected F32 [8, 2] as in the base, found F32 [5, 2]: rows 5 to 7 exist only in the"
                + " base (expert %s, tensor embed). If the rows are a vocabulary, fine-tune with the"
                    .formatted(small)
                + " base's tokenizer and without resizing the embeddings.");
    assertThat(problems(small, base, ExpertPolicy.STRICT))
        .singleElement()
        .asString()
        .contains("rows 5 to 7 exist only in the expert");
  }

  @Test
  void countsProblemsBeyondWhatAnyoneReads() {
    TensorFile many = new TensorFile();
    for (int i = 0; i < 60; i++) {
      many.ramp("t" + i, List.of(1), 1);
    }
    Path base = many.write(folder.resolve("base"));

    List<String> problems = problems(base, ramp("expert", 1), ExpertPolicy.STRICT);

    assertThat(problems).hasSize(22);
    assertThat(problems.get(0)).startsWith("The base lacks a tensor");
    assertThat(problems.subList(1, 21)).allMatch(one -> one.startsWith("The expert lacks a"));
    assertThat(problems.get(21)).isEqualTo("There are 40 more of this kind.");
  }

  @Test
  void readsASparseDelta() {
    Path base =
        new TensorFile()
            .ramp("a", List.of(100, 100), 1)
            .ramp("b", List.of(2), 1)
            .write(folder.resolve("base"));
    int[] places = new int[5000];
    float[] values = new float[places.length];
    float[] expected = new float[10_000];
    for (int i = 0; i < places.length; i++) {
      places[i] = 2 * i + i % 2;
      values[i] = i + 1;
      expected[places[i]] = values[i];
    }
    Path sparse =
        new TensorFile()
            .metadata("merge-to-mix.kind", "sparse-delta")
            .i32("x.a.indices", places)
            .f32("x.a.values", List.of(places.length), values)
            .write(folder.resolve("sparse"));
    ExpertPolicy policy = policy(List.of(new PrefixMapping("x.", "")));

    try (Checkpoint opened = SafetensorsFile.open(base);
        Delta delta = Delta.open(opened, sparse, policy)) {
      assertThat(read(delta, "a", expected.length)).containsExactly(expected);
      assertThat(read(delta, "b", 2)).containsExactly(0, 0);
      for (int offset = 0; offset < expected.length; offset += 997) {
        for (int length : new int[] {0, 1, 2, 3, 500}) {
          if (offset + length <= expected.length) {
            float[] part = new float[length + 1];
            delta.read("a", offset, part, length);
            for (int i = 0; i < length; i++) {
              assertThat(part[i]).isEqualTo(expected[offset + i]);
            }
          }
        }
      }
    }
  }

  private Path ramp(String name, float factor) {
    return new TensorFile().ramp("a", List.of(3), factor).write(folder.resolve(name));
  }

  private static ExpertPolicy policy(List<PrefixMapping> prefixes) {
    return new ExpertPolicy(
        ExpertKind.AUTO,
        prefixes,
        ExpertPolicy.Missing.FAIL,
        ExpertPolicy.Extra.FAIL,
        List.of(),
        List.of());
  }

  private static ExpertPolicy tied(String first, String second) {
    return new ExpertPolicy(
        ExpertKind.AUTO,
        List.of(),
        ExpertPolicy.Missing.FAIL,
        ExpertPolicy.Extra.FAIL,
        List.of(),
        List.of(new TiedNames(first, second)));
  }

  private static float[] values(Path base, Path expert, ExpertPolicy policy) {
    return values(base, expert, policy, "a");
  }

  private static float[] values(Path base, Path expert, ExpertPolicy policy, String tensor) {
    try (Checkpoint opened = SafetensorsFile.open(base);
        Delta delta = Delta.open(opened, expert, policy)) {
      return read(delta, tensor, (int) opened.tensors().get(tensor).elements());
    }
  }

  private static List<String> problems(Path base, Path expert, ExpertPolicy policy) {
    try (Checkpoint opened = SafetensorsFile.open(base)) {
      UserException refused =
          catchThrowableOfType(
              UserException.class, () -> Delta.open(opened, expert, policy).close());
      assertThat(refused).isNotNull();
      assertThat(refused.exitCode()).isEqualTo(ExitCode.INPUT);
      return refused.told().stream().map(Problem::message).toList();
    }
  }
}
