package org.mergetomix.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mergetomix.safetensors.TensorFile.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

class ShardedCheckpointTest {

  private static final String ONE = "model-00001-of-00002.safetensors";
  private static final String TWO = "model-00002-of-00002.safetensors";

  @TempDir Path folder;

  @Test
  void readsEveryTensorFromItsShard() throws IOException {
    shards();
    index("'a':'%s','b':'%s','n':'%s'".formatted(ONE, TWO, TWO), "'total_size':40");

    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      assertThat(checkpoint.tensors())
          .containsOnlyKeys("a", "b", "n")
          .containsEntry("b", new TensorSpec("b", DType.F32, List.of(2L, 2L)));
      assertThat(read(checkpoint, "a", 2)).containsExactly(0, 1);
      assertThat(read(checkpoint, "b", 4)).containsExactly(0, 2, 4, 6);
      long[] whole = new long[2];
      checkpoint.readIntegers("n", 0, whole, 2);
      assertThat(whole).containsExactly(-7, 1L << 40);
      assertThat(checkpoint.metadata()).isEqualTo(Map.of("format", "pt"));
      assertThat(checkpoint.warnings()).isEmpty();
      assertThat(checkpoint.name()).isEqualTo(folder.toString());
    }
  }

  @Test
  void readsASingleFileWhenThereIsNoIndex() {
    new TensorFile().ramp("a", List.of(3), 1).write(folder.resolve("model.safetensors"));

    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      assertThat(read(checkpoint, "a", 3)).containsExactly(0, 1, 2);
      assertThatThrownBy(() -> checkpoint.read("b", 0, new float[1], 1))
          .hasMessageStartingWith(
              "The tensor is not in the checkpoint (%s, tensor b)".formatted(folder));
    }
  }

  @Test
  void closesItsShards() throws IOException {
    shards();
    index("'a':'%s'".formatted(ONE), "");
    Checkpoint checkpoint = Checkpoints.open(folder);
    checkpoint.close();

    assertThatThrownBy(() -> checkpoint.read("a", 0, new float[1], 1))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void warnsOfWhatTheIndexDoesNotSayAlike() throws IOException {
    shards();
    new TensorFile()
        .ramp("a", List.of(2), 5)
        .ramp("z", List.of(1), 1)
        .write(folder.resolve("three.safetensors"));
    index("'a':'%s','z':'three.safetensors'".formatted(ONE), "'total_size':1");
    Path index = folder.resolve(ShardIndex.NAME);

    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      assertThat(read(checkpoint, "a", 2)).as("the index wins").containsExactly(0, 1);
      assertThat(checkpoint.warnings())
          .extracting(Problem::message)
          .containsExactly(
              "The shard holds tensors which the index places in another shard, where they are"
                  + " read: a (%s).".formatted(folder.resolve("three.safetensors")),
              "The index gives a total_size of 1 bytes, but its tensors have 12 (%s)."
                  .formatted(index),
              "The folder has files that the index does not name and that are not used:"
                  + " %s (%s). Remove the index if it is out of date.".formatted(TWO, index));
    }
  }

  /** transformers reads the single file, others the index. */
  @Test
  void refusesTwoModelsInAFolder() throws IOException {
    shards();
    new TensorFile().ramp("a", List.of(3), 9).write(folder.resolve("model.safetensors"));
    index("'a':'%s'".formatted(ONE), "");

    for (ThrowingCallable reading :
        List.<ThrowingCallable>of(
            () -> Checkpoints.open(folder),
            () -> Checkpoints.files(folder),
            () -> Digests.checkpoint(folder))) {
      assertThatThrownBy(reading)
          .isInstanceOf(UserException.class)
          .hasMessage(
              "The folder has a model.safetensors and a model.safetensors.index.json that does not"
                  + " name it: two models (%s). transformers reads model.safetensors. Delete the"
                      .formatted(folder)
                  + " index and its shards if that is the newer; otherwise delete"
                  + " model.safetensors.");
    }
    index("'a':'model.safetensors'", "");
    try (Checkpoint one = Checkpoints.open(folder)) {
      assertThat(read(one, "a", 3)).containsExactly(0, 9, 18);
    }
  }

  @Test
  void warnsOfTensorsThatTheIndexDoesNotList() throws IOException {
    shards();
    index("'a':'%s','b':'%s'".formatted(ONE, TWO), "'total_size':'24'");

    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("a", "b");
      assertThat(checkpoint.warnings())
          .extracting(Problem::what)
          .containsExactly(
              "The shard holds tensors which the index does not list and which are not used: n");
    }
  }

  @Test
  void tellsAllMissingShardsAtOnce() throws IOException {
    index("'a':'%s','b':'%s'".formatted(ONE, TWO), "");

    UserException refused =
        catchThrowableOfType(UserException.class, () -> Checkpoints.open(folder).close());

    assertThat(refused.problems())
        .extracting(Problem::what)
        .containsExactly(
            "The index names a shard that does not exist, " + ONE,
            "The index names a shard that does not exist, " + TWO);
  }

  @Test
  void followsTheLinksOfAHubCache() throws IOException {
    Path repository = folder.resolve("models--org--name");
    Path snapshot = Files.createDirectories(repository.resolve("snapshots/0123abc"));
    Path blobs = Files.createDirectories(repository.resolve("blobs"));
    new TensorFile().ramp("a", List.of(2), 1).write(blobs.resolve("feed"));
    Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/feed"));

    try (Checkpoint checkpoint = Checkpoints.open(snapshot)) {
      assertThat(read(checkpoint, "a", 2)).containsExactly(0, 1);
    }
  }

  @Test
  void refusesALinkToAnythingElse() throws IOException {
    Path snapshot = Files.createDirectories(folder.resolve("snapshots/0123abc"));
    Path blobs = Files.createDirectories(folder.resolve("blobs/deeper"));
    new TensorFile().ramp("a", List.of(2), 1).write(blobs.resolve("feed"));
    Path link = snapshot.resolve("model.safetensors");
    Files.createSymbolicLink(link, blobs.resolve("feed"));

    assertThatThrownBy(() -> Checkpoints.open(snapshot))
        .hasMessage(
            "The file is a link that leads out of the checkpoint's folder (%s). Put the file"
                + " itself into the folder.",
            link);
  }

  @Test
  void followsALinkInsideTheFolder() throws IOException {
    new TensorFile().ramp("a", List.of(2), 1).write(folder.resolve("real.safetensors"));
    Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("real.safetensors"));

    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("a");
    }
  }

  @Test
  void hasADigestOfTheFilesThatMatter() throws Exception {
    shards();
    index("'a':'%s','b':'%s'".formatted(ONE, TWO), "");
    String before = Digests.checkpoint(folder);
    Files.writeString(folder.resolve("tokenizer.json"), "{}");
    Files.writeString(folder.resolve("other.safetensors"), "not looked at");

    assertThat(Digests.checkpoint(folder)).isEqualTo(before);

    Path text = folder.resolve("lines");
    Files.writeString(
        text,
        "%s  %s\n%s  %s\n%s  %s\n"
            .formatted(
                Digests.sha256(folder.resolve(ONE)),
                ONE,
                Digests.sha256(folder.resolve(TWO)),
                TWO,
                Digests.sha256(folder.resolve(ShardIndex.NAME)),
                ShardIndex.NAME));
    assertThat(before).as("what sha256sum would give").isEqualTo(Digests.sha256(text));

    new TensorFile().ramp("a", List.of(2), 3).write(folder.resolve(ONE));
    assertThat(Digests.checkpoint(folder)).isNotEqualTo(before);
  }

  private void shards() {
    new TensorFile().metadata("format", "pt").ramp("a", List.of(2), 1).write(folder.resolve(ONE));
    new TensorFile()
        .metadata("format", "pt")
        .ramp("b", List.of(2, 2), 2)
        .i64("n", -7, 1L << 40)
        .write(folder.resolve(TWO));
  }

  private void index(String weightMap, String metadata) throws IOException {
    Files.writeString(
        folder.resolve(ShardIndex.NAME),
        "{'metadata':{%s},'weight_map':{%s}}".formatted(metadata, weightMap).replace('\'', '"'));
  }
}
