package org.mergetomix.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mergetomix.safetensors.TensorFile.read;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.problem.Problem;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.tensor.Checkpoint;

/** What trainers and old libraries leave in a whole checkpoint beside its weights. */
class UnusualNamesTest {

  private static final String WEIGHT = "model.layers.0.mlp.weight";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "_orig_mod.model.layers.0.mlp.weight",
        "module.model.layers.0.mlp.weight",
        "module._orig_mod.model.layers.0.mlp.weight",
        "_orig_mod.module.model.layers.0.mlp.weight",
        "_fsdp_wrapped_module.model.layers.0._fsdp_wrapped_module.mlp.weight",
        "model.layers.0._checkpoint_wrapped_module.mlp.weight"
      })
  void takesOffWrappersAndSaysSoOnce(String name) {
    Path expert =
        new TensorFile()
            .ramp(name, List.of(2), 3)
            .ramp(name.replace("mlp", "attn"), List.of(2), 5)
            .write(folder.resolve("expert"));
    try (Checkpoint base = base();
        Delta delta = Delta.open(base, expert, ExpertPolicy.STRICT)) {
      assertThat(read(delta, WEIGHT, 2)).containsExactly(0, 2);
      assertThat(delta.warnings())
          .singleElement()
          .extracting(Problem::what)
          .asString()
          .endsWith("which a wrapper put there; it was taken off 2 of them");
    }
  }

  @Test
  void takesWrappersOffABaseAndSaysWhatItHasOnce() {
    Path path =
        new TensorFile()
            .ramp("_orig_mod." + WEIGHT, List.of(2), 1)
            .ramp("_orig_mod.h.0.attn.bias", List.of(1, 1, 2, 2), 1)
            .ramp("_orig_mod.h.1.attn.bias", List.of(1, 1, 2, 2), 1)
            .write(folder.resolve("base"));
    try (Checkpoint base = BaseCheckpoint.open(path)) {
      assertThat(base.tensors()).containsOnlyKeys(WEIGHT, "h.0.attn.bias", "h.1.attn.bias");
      assertThat(read(base, WEIGHT, 2)).containsExactly(0, 1);
      assertThat(base.warnings())
          .extracting(Problem::what)
          .containsExactly(
              "The names have _orig_mod., which a wrapper put there; it was taken off 3 of them",
              "Some tensors are buffers and no weights, as h.0.attn.bias; exports have them as they"
                  + " are");
    }
  }

  @Test
  void leavesABasesNamesAloneThatWouldBecomeOne() {
    Path path =
        new TensorFile()
            .ramp("module.w", List.of(2), 1)
            .ramp("w", List.of(2), 2)
            .write(folder.resolve("base"));
    try (Checkpoint base = BaseCheckpoint.open(path)) {
      assertThat(base.tensors()).containsOnlyKeys("module.w", "w");
      assertThat(base.warnings()).isEmpty();
    }
  }

  /** Codes of a packed tensor have their scales elsewhere than those of one expert would. */
  @Test
  void refusesQuantisedExpertsThatArePackedWhateverIsIgnored() {
    Path plain =
        new TensorFile()
            .ramp("mlp.experts.0.down_proj.weight", List.of(2, 1), 1)
            .write(folder.resolve("base"));
    Path codes =
        new TensorFile()
            .bytes("mlp.experts.down_proj", "F8_E4M3", List.of(1, 2, 1), 1, 2)
            .ramp("mlp.experts.down_proj_scale_inv", List.of(1), 1)
            .write(folder.resolve("expert"));
    ExpertPolicy lenient =
        new ExpertPolicy(
            ExpertKind.AUTO,
            List.of(),
            ExpertPolicy.Missing.FAIL,
            ExpertPolicy.Extra.IGNORE_LISTED,
            List.of("*"),
            List.of());
    try (Checkpoint base = SafetensorsFile.open(plain)) {
      assertThatThrownBy(() -> Delta.open(base, codes, lenient))
          .hasMessageStartingWith("The weights are quantised: mlp.experts.down_proj is F8_E4M3");
    }
  }

  @Test
  void leavesNamesAloneThatTheBaseHasToo() {
    Path path = new TensorFile().ramp("module.w", List.of(2), 1).write(folder.resolve("base"));
    Path expert = new TensorFile().ramp("module.w", List.of(2), 4).write(folder.resolve("expert"));
    try (Checkpoint base = SafetensorsFile.open(path);
        Delta delta = Delta.open(base, expert, ExpertPolicy.STRICT)) {
      assertThat(read(delta, "module.w", 2)).containsExactly(0, 3);
      assertThat(delta.warnings()).isEmpty();
    }
  }

  @Test
  void mapsAPartInsideANameAsThePolicySays() {
    Path expert =
        new TensorFile()
            .ramp("model.layers.0.wrapped.mlp.weight", List.of(2), 3)
            .ramp("model.layers.0.wrapped.attn.weight", List.of(2), 5)
            .write(folder.resolve("expert"));
    ExpertPolicy policy =
        new ExpertPolicy(
            ExpertKind.AUTO,
            List.of(new PrefixMapping("*.wrapped.", ".")),
            ExpertPolicy.Missing.FAIL,
            ExpertPolicy.Extra.FAIL,
            List.of(),
            List.of());
    try (Checkpoint base = base();
        Delta delta = Delta.open(base, expert, policy)) {
      assertThat(read(delta, WEIGHT, 2)).containsExactly(0, 2);
    }
  }

  @Test
  void passesOverBuffersAndSaysSoOnce() {
    Path withBuffers =
        new TensorFile()
            .ramp(WEIGHT, List.of(2), 3)
            .ramp("model.layers.0.attn.weight", List.of(2), 5)
            .ramp("model.layers.0.self_attn.rotary_emb.inv_freq", List.of(2), 1)
            .ramp("h.0.attn.bias", List.of(1, 1, 2, 2), 1)
            .ramp("h.0.attn.masked_bias", List.of(), 1)
            .write(folder.resolve("expert"));
    Path plain =
        new TensorFile()
            .ramp(WEIGHT, List.of(2), 3)
            .ramp("model.layers.0.attn.weight", List.of(2), 5)
            .write(folder.resolve("plain"));
    try (Checkpoint base = base();
        Delta delta = Delta.open(base, withBuffers, ExpertPolicy.STRICT)) {
      assertThat(delta.warnings())
          .extracting(Problem::what)
          .containsExactly(
              "Some tensors are buffers and no weights, as h.0.attn.bias; 3 were passed over");
    }
    try (Checkpoint base = SafetensorsFile.open(withBuffers);
        Delta delta = Delta.open(base, plain, ExpertPolicy.STRICT)) {
      assertThat(read(delta, "h.0.attn.bias", 4)).containsOnly(0);
    }
  }

  @Test
  void refusesABiasOfOneDimensionThatTheBaseLacks() {
    Path expert =
        new TensorFile()
            .ramp(WEIGHT, List.of(2), 3)
            .ramp("model.layers.0.attn.weight", List.of(2), 5)
            .ramp("model.layers.0.attn.bias", List.of(2), 1)
            .write(folder.resolve("expert"));
    try (Checkpoint base = base()) {
      assertThatThrownBy(() -> Delta.open(base, expert, ExpertPolicy.STRICT))
          .hasMessageContaining("tensor model.layers.0.attn.bias")
          .hasMessageContaining("map names with prefixes")
          .hasMessageContaining("extra = ignore-listed");
    }
  }

  @Test
  void refusesWholeNumbersThatDifferUnlessTheyAreListed() {
    Path path =
        new TensorFile()
            .ramp(WEIGHT, List.of(2), 1)
            .i64("table", 1, 2)
            .i64("position_ids", 0, 1)
            .write(folder.resolve("base"));
    Path expert =
        new TensorFile()
            .ramp(WEIGHT, List.of(2), 3)
            .i64("table", 1, 3)
            .i64("position_ids", 5, 6)
            .write(folder.resolve("expert"));
    ExpertPolicy listed =
        new ExpertPolicy(
            ExpertKind.AUTO,
            List.of(),
            ExpertPolicy.Missing.FAIL,
            ExpertPolicy.Extra.IGNORE_LISTED,
            List.of("table"),
            List.of());
    try (Checkpoint base = SafetensorsFile.open(path)) {
      assertThatThrownBy(() -> Delta.open(base, expert, ExpertPolicy.STRICT))
          .hasMessage(
              "The expert's I64 [2] differs from the base's, and whole numbers cannot be averaged"
                  + " (expert %s, tensor table). If it is a quantised weight, give base and expert"
                      .formatted(expert)
                  + " as they were before; if it is none, list it under ignore, with extra ="
                  + " ignore-listed, to take the base's.");
      Delta.open(base, expert, listed).close();
      Delta.open(base, expert, ExpertPolicy.STRICT, Contents.HEADERS).close();
    }
  }

  @Test
  void refusesQuantisedExperts() {
    Path expert =
        new TensorFile()
            .ramp("model.layers.0.mlp.weight_scale_inv", List.of(1), 3)
            .i8(WEIGHT, List.of(2, 1), 1, 2)
            .ramp("model.layers.0.attn.weight", List.of(2), 5)
            .write(folder.resolve("expert"));
    try (Checkpoint base = base()) {
      assertThatThrownBy(() -> Delta.open(base, expert, ExpertPolicy.STRICT))
          .hasMessage(
              "The weights are quantised: model.layers.0.mlp.weight is I8 [2, 1] (%s). Give the"
                      .formatted(expert)
                  + " model as it was before, in float32, float16 or bfloat16: quantised weights"
                  + " can neither be merged nor trained.");
    }
  }

  private Checkpoint base() {
    return SafetensorsFile.open(
        new TensorFile()
            .ramp(WEIGHT, List.of(2), 1)
            .ramp("model.layers.0.attn.weight", List.of(2), 1)
            .write(folder.resolve("base")));
  }
}
