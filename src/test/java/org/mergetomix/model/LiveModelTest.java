package org.mergetomix.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.family.TiedNames;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.testing.ByteTransformer;

class LiveModelTest {

  private static final long[] TOKENS = {256, 'A', 'l', 'e', 257, 256, 'd', 'i', 'a', 257};
  private static final Shape SHAPE = new Shape(2, 5);
  private static final String MATRIX = "layers.0.expand.weight";

  private static LiveModel model;

  @BeforeAll
  static void load() {
    model = ByteTransformer.load();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void runsOnOneNativeThread() {
    assertThat(JniUtils.getNumThreads()).isOne();
    assertThat(JniUtils.getNumInteropThreads()).isOne();
    assertThat(NativeSettings.engineVersion()).isEqualTo("PyTorch 2.7.1");
  }

  @Test
  void knowsItsParametersByDottedNames() {
    assertThat(model.tensors()).hasSize(29).containsKey("layers.1.attention.output.bias");
    assertThat(model.tensors().get(MATRIX))
        .isEqualTo(new TensorSpec(MATRIX, DType.F32, List.of(256L, 64L)));
    assertThat(model.parameters().keySet()).isEqualTo(model.tensors().keySet());
    assertThat(model.parameters().get(MATRIX).getShape()).isEqualTo(new Shape(256, 64));
  }

  @Test
  void givesLogitsForEveryToken() {
    try (NDManager scope = model.newScope()) {
      NDArray logits = model.logits(scope.create(TOKENS, SHAPE), scope);

      assertThat(logits.getShape()).isEqualTo(new Shape(2, 5, 259));
      assertThat(logits.hasGradient()).isFalse();
    }
  }

  @Test
  void trainsOnTheLogitsThatItGives() {
    try (NDManager scope = model.newScope()) {
      NDArray tokens = scope.create(TOKENS, SHAPE);

      assertThat(model.logitsWithGradients(tokens, scope).toFloatArray())
          .isEqualTo(model.logits(tokens, scope).toFloatArray());
    }
  }

  @Test
  void readsBackWhatWasWrittenAtAnOffset() {
    try (LiveModel other = ByteTransformer.load()) {
      float[] before = ByteTransformer.parameter(other, MATRIX);

      other.write(MATRIX, 1000, new float[] {1, 2, 3, 4}, 3);

      float[] after = ByteTransformer.parameter(other, MATRIX);
      assertThat(after[1000]).isEqualTo(1);
      assertThat(after[1002]).isEqualTo(3);
      assertThat(after[1003]).isEqualTo(before[1003]);
      float[] two = new float[2];
      other.read(MATRIX, 1001, two, 2);
      assertThat(two).containsExactly(2, 3);
      assertThat(other.parameters().get(MATRIX).getFloat(15, 42)).isEqualTo(3);
    }
  }

  @Test
  void showsWhatIsWrittenInTheNextForwardPass() {
    try (LiveModel other = ByteTransformer.load()) {
      float[] before = logits(other);
      float[] head = ByteTransformer.parameter(other, "head.weight");

      other.write("head.weight", 0, new float[head.length], head.length);
      assertThat(logits(other)).containsOnly(0);

      other.write("head.weight", 0, head, head.length);
      assertThat(logits(other)).isEqualTo(before);
    }
  }

  @Test
  void takesATiedParameterUnderOneOfItsNames(@TempDir Path directory) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>(model.tensors());
    assertThat(tensors.remove("head.weight").shape())
        .isEqualTo(tensors.get("tokens.weight").shape());
    Path file = directory.resolve("tied.safetensors");
    SafetensorsWriter.write(file, tensors, Map.of(), model);
    List<TiedNames> ties = List.of(new TiedNames("head.weight", "tokens.weight"));
    try (LiveModel tied = LiveModel.load(ByteTransformer.GRAPH, ComputeDevice.CPU, ties);
        Checkpoint checkpoint = SafetensorsFile.open(file)) {
      assertThat(tied.mismatches(tensors, "tied")).isEmpty();

      tied.fill(checkpoint, "tied");
      float[] tokens = ByteTransformer.parameter(model, "tokens.weight");
      assertThat(ByteTransformer.parameter(tied, "head.weight")).isEqualTo(tokens);
      tokens[3]++;
      tied.write("tokens.weight", 0, tokens, tokens.length);
      assertThat(ByteTransformer.parameter(tied, "head.weight")).isEqualTo(tokens);
      assertThatThrownBy(tied::parameters)
          .hasMessageStartingWith(
              "The graph has the tied parameters head.weight and tokens.weight, and training");
    }
  }

  /** What a GPU is given, as far as a CPU can show it. */
  @Test
  void takesParametersThroughHostMemoryToo(@TempDir Path directory) {
    Path file = directory.resolve("base.safetensors");
    SafetensorsWriter.write(file, model.tensors(), Map.of(), model);
    try (LiveModel staged =
            LiveModel.load(
                ByteTransformer.GRAPH,
                ComputeDevice.CPU,
                ParameterMemory.Access.STAGED,
                List.of());
        Checkpoint checkpoint = SafetensorsFile.open(file)) {
      float[] infinite = new float[ByteTransformer.parameter(model, "head.weight").length];
      Arrays.fill(infinite, Float.POSITIVE_INFINITY);
      staged.write("head.weight", 0, infinite, infinite.length);
      assertThat(ByteTransformer.parameter(staged, "head.weight")).isEqualTo(infinite);
      assertThat(logits(staged)).isNotEqualTo(logits(model));

      staged.fill(checkpoint, "base");

      assertThat(logits(staged)).isEqualTo(logits(model));
      assertThat(ByteTransformer.parameter(staged, MATRIX))
          .isEqualTo(ByteTransformer.parameter(model, MATRIX));
    }
  }

  @Test
  void knowsThatThereIsNoSuchGpu() {
    assertThat(ComputeDevice.CPU.isUsable()).isTrue();
    assertThat(ComputeDevice.gpu(1000).isUsable()).isFalse();
    assertThat(ComputeDevice.gpu(1000)).hasToString("GPU 1000");
  }

  @Test
  void becomesTheCheckpointThatItIsFilledWith(@TempDir Path directory) {
    Path file = directory.resolve("base.safetensors");
    SafetensorsWriter.write(file, model.tensors(), Map.of(), model);
    try (LiveModel other = ByteTransformer.load(1);
        Checkpoint checkpoint = SafetensorsFile.open(file)) {
      assertThat(logits(other)).isNotEqualTo(logits(model));

      other.fill(checkpoint, "base");

      assertThat(ByteTransformer.parameters(other)).isEqualTo(ByteTransformer.parameters(model));
      assertThat(logits(other)).isEqualTo(logits(model));
    }
  }

  @Test
  void refusesACheckpointNamingEveryTensorThatDoesNotFit(@TempDir Path directory) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>(model.tensors());
    tensors.remove("head.weight");
    tensors.put("head.scale", new TensorSpec("head.scale", DType.F32, List.of(2L)));
    tensors.put(MATRIX, new TensorSpec(MATRIX, DType.F32, List.of(64L, 256L)));
    tensors.put("final_norm.bias", new TensorSpec("final_norm.bias", DType.F32, List.of(64L, 1L)));
    Path file = directory.resolve("other.safetensors");
    TensorSource ones = (tensor, offset, destination, length) -> destination[0] = 1;
    SafetensorsWriter.write(file, tensors, Map.of(), ones);
    float[] before = ByteTransformer.parameters(model);

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      UserException refusal =
          catchThrowableOfType(UserException.class, () -> model.fill(checkpoint, "other"));

      assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT);
      assertThat(refusal.problems())
          .extracting(Problem::what)
          .containsExactly(
              "Tensor final_norm.bias has shape [64, 1], but the model's parameter has [64]",
              "Tensor head.weight of the model is missing",
              "Tensor layers.0.expand.weight has shape [64, 256], but the model's parameter has"
                  + " [256, 64]",
              "Tensor head.scale has no parameter in the model");
      assertThat(refusal.problems())
          .allSatisfy(
              problem -> {
                assertThat(problem.where()).isEqualTo("other");
                assertThat(problem.remedy())
                    .isEqualTo(
                        "Give the checkpoint that belongs to the model " + ByteTransformer.GRAPH);
              });
    }
    assertThat(ByteTransformer.parameters(model)).as("left as it was").isEqualTo(before);
  }

  @Test
  void saysThatTheFileIsMissing(@TempDir Path directory) {
    assertRefused(
        directory.resolve("model.pt"), "Model not found (%s). Correct its path in the manifest.");
  }

  @Test
  void refusesADirectory(@TempDir Path directory) {
    assertRefused(directory, "The model is not a file (%s). Give the TorchScript file itself.");
  }

  @Test
  void refusesWhatIsNotTorchScript(@TempDir Path directory) throws IOException {
    Path text = Files.writeString(directory.resolve("model.pt"), "Not a model.\n");
    Path empty = Files.createFile(directory.resolve("empty.pt"));
    byte[] graph = Files.readAllBytes(ByteTransformer.GRAPH);

    Path torn = Files.write(directory.resolve("torn.pt"), Arrays.copyOf(graph, graph.length / 2));

    for (Path file : List.of(text, empty, torn)) {
      assertRefused(
          file,
          "Not a TorchScript model (%s). Export it with torch.jit.script or torch.jit.trace, then"
              + " save; what torch.export or torch.save wrote is something else.");
    }
  }

  @Test
  void loadsAFileOfAnyName(@TempDir Path directory) throws IOException {
    Path graph = Files.copy(ByteTransformer.GRAPH, directory.resolve("graph v1.torchscript"));

    try (LiveModel other = LiveModel.load(graph)) {
      assertThat(other.tensors()).isEqualTo(model.tensors());
    }
  }

  @Test
  void refusesEveryParameterThatCannotBeOverwritten() {
    Path file = Path.of("src/test/resources/org/mergetomix/model/unusual-parameters.pt");

    assertThatThrownBy(() -> LiveModel.load(file))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Parameter small is float16, not float32 (%1$s). Export the model with float32"
                + " parameters.\n"
                + "Parameter transposed does not lie in memory in the order of its elements"
                + " (%1$s). Call contiguous() on it before the model is exported.",
            file);
  }

  @Test
  void saysWhatTheModelCannotProcess() {
    try (NDManager scope = model.newScope()) {
      NDArray tooLong = scope.zeros(new Shape(1, 49), DataType.INT64);
      NDArray unknown = scope.create(new long[] {259}, new Shape(1, 1));

      assertThatThrownBy(() -> model.logits(tooLong, scope))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith(
              "The model cannot process tokens of shape (1, 49): The size of tensor a (49) must"
                  + " match the size of tensor b (48)")
          .hasMessageEndingWith(
              " (%s). Check that the context and the tokenizer in the manifest are the model's.",
              ByteTransformer.GRAPH)
          .hasMessageMatching("[^\n]*");
      assertThatThrownBy(() -> model.logitsWithGradients(unknown, scope))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("The model cannot process tokens of shape (1, 1): ")
          .hasMessageContaining("index out of range");
    }
  }

  @Test
  void refusesAModelThatGivesNoLogits() {
    Path file = Path.of("src/test/resources/org/mergetomix/model/one-logit.pt");
    try (LiveModel other = LiveModel.load(file);
        NDManager scope = other.newScope()) {
      NDArray tokens = scope.create(TOKENS, SHAPE);

      assertThatThrownBy(() -> other.logits(tokens, scope))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "The model gives (2, 5) for tokens (2, 5), not [batch, length, vocabulary] (%s)."
                  + " Export a causal language model that returns its logits.",
              file);
    }
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> LiveModel.load(file))
        .isInstanceOf(UserException.class)
        .hasMessage(message, file)
        .extracting(failure -> ((UserException) failure).exitCode())
        .isEqualTo(ExitCode.INPUT);
  }

  private static float[] logits(LiveModel model) {
    try (NDManager scope = model.newScope()) {
      return model.logits(scope.create(TOKENS, SHAPE), scope).toFloatArray();
    }
  }
}
