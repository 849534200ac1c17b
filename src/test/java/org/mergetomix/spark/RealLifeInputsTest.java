package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.config.Configuration;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.testing.SparkSessionExtension;

/** Inputs as people have them, from the manifest to the exported folder or the refusal. */
@ExtendWith(SparkSessionExtension.class)
class RealLifeInputsTest {

  private static final String HALF = "layers.0.half";

  @TempDir private Path folder;

  /** What lies in the folders base and expert, beside an ordinary weight. */
  record Input(String name, Writing writing, String refusal) {

    @Override
    public String toString() {
      return name;
    }
  }

  @FunctionalInterface
  interface Writing {
    void write(Path base, Path expert) throws IOException;
  }

  static Stream<Input> refused() {
    return Stream.of(
        new Input(
            "a quantised expert, by its configuration",
            (base, expert) -> {
              weights(1).write(base.resolve("model.safetensors"));
              weights(2).write(expert.resolve("model.safetensors"));
              Files.writeString(
                  expert.resolve("config.json"),
                  "{\"quantization_config\": {\"quant_method\": \"gptq\"}}");
            },
            "The model is quantised with \"gptq\" ("),
        new Input(
            "a quantised base, by its tensors alone",
            (base, expert) -> {
              weights(1)
                  .bytes("a.weight", "F8_E4M3", List.of(2, 1), 1, 2)
                  .ramp("a.weight_scale", List.of(1), 1)
                  .write(base.resolve("model.safetensors"));
              weights(2).write(expert.resolve("model.safetensors"));
            },
            "The weights are quantised: a.weight is F8_E4M3 [2, 1] ("),
        new Input(
            "whole numbers that differ",
            (base, expert) -> {
              weights(1).i64("table", 1, 2).write(base.resolve("model.safetensors"));
              weights(2).i64("table", 1, 3).write(expert.resolve("model.safetensors"));
            },
            "The expert's I64 [2] differs from the base's, and whole numbers cannot be averaged"),
        new Input(
            "NaN in an expert",
            (base, expert) -> {
              weights(1).ramp("x", List.of(1), 1).write(base.resolve("model.safetensors"));
              weights(2).f32("x", List.of(1), Float.NaN).write(expert.resolve("model.safetensors"));
            },
            "The expert has NaN or infinite numbers (expert a, tensor x). Fine-tune"),
        new Input(
            "infinity in the base",
            (base, expert) -> {
              weights(1)
                  .f32("x", List.of(1), Float.POSITIVE_INFINITY)
                  .write(base.resolve("model.safetensors"));
              weights(2).ramp("x", List.of(1), 1).write(expert.resolve("model.safetensors"));
            },
            "The base has NaN or infinite numbers (base, tensor x). Download"),
        new Input(
            "a sum that is too large",
            (base, expert) -> {
              weights(1).f32("x", List.of(1), -3e38f).write(base.resolve("model.safetensors"));
              weights(2).f32("x", List.of(1), 3e38f).write(expert.resolve("model.safetensors"));
            },
            "The expert has NaN or infinite numbers (expert a, tensor x)."),
        new Input(
            "an index beside a single file",
            (base, expert) -> {
              weights(1).write(base.resolve("model.safetensors"));
              weights(1).write(base.resolve("one.safetensors"));
              Files.writeString(
                  base.resolve("model.safetensors.index.json"),
                  "{\"weight_map\": {\"%s\": \"one.safetensors\"}}".formatted(HALF));
              weights(2).write(expert.resolve("model.safetensors"));
            },
            "The folder has a model.safetensors and a model.safetensors.index.json that does not"),
        new Input(
            "a pointer of Git LFS",
            (base, expert) -> {
              weights(1).write(base.resolve("model.safetensors"));
              Files.writeString(
                  expert.resolve("model.safetensors"),
                  "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
            },
            "The file is a pointer of Git LFS, not the file that it stands for ("),
        new Input(
            "a GGUF file",
            (base, expert) -> {
              weights(1).write(base.resolve("model.safetensors"));
              Files.writeString(expert.resolve("model-q4.gguf"), "GGUF");
            },
            "The folder has a GGUF file, whose weights are mostly quantised"),
        new Input(
            "a named adapter in a folder of its own",
            (base, expert) -> {
              weights(1).write(base.resolve("model.safetensors"));
              Path adapter = Files.createDirectory(expert.resolve("law"));
              weights(1).write(adapter.resolve("adapter_model.safetensors"));
            },
            "The folder holds no model or adapter itself, but folders with one: law ("),
        new Input(
            "a hub's cache",
            (base, expert) -> {
              weights(1).write(base.resolve("model.safetensors"));
              Files.createDirectories(expert.resolve("models--a--b/snapshots/1"));
            },
            "The folder holds no model or adapter itself, but folders with one: models--a--b ("));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refuses(Input input, SparkSession spark) throws IOException {
    write(input.writing());

    assertThatThrownBy(() -> export(spark))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT);
              assertThat(refusal.getMessage()).startsWith(input.refusal()).doesNotContain("\n");
              assertThat(refusal.problems().get(0).remedy()).isNotEmpty();
            });
    assertThat(folder.resolve("exported")).doesNotExist();
  }

  @Test
  void writesEveryTypeThatABaseMayHave(SparkSession spark) throws IOException {
    write(
        (base, expert) -> {
          for (Path model : List.of(base, expert)) {
            weights(model == base ? 1 : 3)
                .bytes("h.0.attn.bias", "BOOL", List.of(1, 1, 2, 2), 1, 0, 1, 1)
                .bytes("mask", "BOOL", List.of(2), 0, 1)
                .bytes("small", "F8_E4M3", List.of(3), 0x38, 0x3c, 0x81)
                .bytes("wide", "F8_E5M2", List.of(2), 0x3c, 0xfb)
                .f64("long", List.of(2), model == base ? 1 : 2, 0.5)
                .write(model.resolve("model.safetensors"));
          }
        });

    export(spark);

    try (Checkpoint exported = Checkpoints.open(folder.resolve("exported"));
        Checkpoint base = Checkpoints.open(folder.resolve("base"))) {
      assertThat(exported.tensors()).isEqualTo(base.tensors());
      assertThat(exported.tensors().get("long").dtype()).isEqualTo(DType.F64);
      long[] mask = new long[4];
      exported.readIntegers("h.0.attn.bias", 0, mask, 4);
      assertThat(mask).containsExactly(1, 0, 1, 1);
      assertThat(floats(exported, "small", 3)).isEqualTo(floats(base, "small", 3));
      assertThat(floats(exported, "wide", 2)).isEqualTo(floats(base, "wide", 2));
      assertThat(floats(exported, "long", 2)).containsExactly(2, 0.5f);
      assertThat(floats(exported, HALF, 2)).containsExactly(0, 3);
    }
  }

  private static TensorFile weights(float factor) {
    return new TensorFile().ramp(HALF, List.of(2), factor);
  }

  private static float[] floats(Checkpoint checkpoint, String tensor, int count) {
    float[] values = new float[count];
    checkpoint.read(tensor, 0, values, count);
    return values;
  }

  private void write(Writing writing) throws IOException {
    writing.write(
        Files.createDirectory(folder.resolve("base")),
        Files.createDirectory(folder.resolve("expert")));
    Files.writeString(
        folder.resolve("manifest.conf"),
        """
        base { checkpoint = base }
        datasets = [
          { id = a, expert = expert }
          { id = b, expert = other }
        ]
        tasks = [ { id = task, kind = language-modelling, data = task.txt } ]
        """);
  }

  private void export(SparkSession spark) {
    Path manifest = folder.resolve("manifest.conf");
    Configuration configuration = Configuration.load(List.of(), List.of("manifest=" + manifest));
    new ExportAction(spark, Manifest.read(manifest), configuration)
        .run(Mixture.parse("a"), Location.of(folder.resolve("exported")));
  }
}
