package org.mergetomix.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertKind;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.folder.CheckpointFolderWriter;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

class InputFilesTest {

  private static final int ELEMENTS = 5000;

  @TempDir Path folder;
  private CacheFixture fixture;
  private InputFiles files;

  @BeforeEach
  void open() {
    fixture = new CacheFixture(folder);
    files =
        new InputFiles(
            new CacheSettings(folder.resolve("cache"), 1 << 20, 2, 1000),
            FaultyFileSystem.configuration());
  }

  @AfterEach
  void close() {
    files.close();
  }

  @Test
  void usesLocalFilesInPlaceAndMakesNoCache() throws IOException {
    Path local = Files.writeString(folder.resolve("text"), "words");
    Location location = Location.of(local);

    assertThat(files.fetch(location, "")).isEqualTo(local);
    assertThat(files.headers(location)).isEqualTo(local);
    assertThat(files.digest(location, "")).isEqualTo(Digests.sha256(local));
    assertThat(files.exists(location)).isTrue();
    assertThat(folder.resolve("cache")).doesNotExist();
  }

  @Test
  void bringsARemoteFolderHereAndReadsEachByteOfItOnce() {
    Location remote = shardedFolder("model");
    Path origin = fixture.origin("model");

    Path here = files.fetch(remote, "");

    try (Checkpoint copy = Checkpoints.open(here);
        Checkpoint original = Checkpoints.open(origin)) {
      assertThat(copy.tensors()).isEqualTo(original.tensors());
      assertThat(values(copy, "b.weight")).isEqualTo(values(original, "b.weight"));
    }
    assertThat(here.resolve("config.json")).hasContent("{}");
    assertThat(here.resolve("notes.md")).doesNotExist();
    assertThat(files.digest(remote, "")).isEqualTo(Digests.checkpoint(origin));
    assertThat(files.fetch(remote, "")).isEqualTo(here);
    for (String shard : Checkpoints.files(origin)) {
      if (shard.endsWith(".safetensors")) {
        long headers = 8 + headerLength(origin.resolve(shard));
        assertThat(bytesRead(remote.child(shard)) - headers)
            .isEqualTo(origin.resolve(shard).toFile().length());
      }
    }
  }

  @Test
  void readsNoMoreThanHeadersOfWhatIsOnlyChecked() throws IOException {
    Location remote = shardedFolder("model");
    long whole = size(fixture.origin("model"));

    try (Checkpoint stub = Checkpoints.open(files.headers(remote));
        Checkpoint original = Checkpoints.open(fixture.origin("model"))) {
      assertThat(stub.tensors()).isEqualTo(original.tensors());
      assertThat(stub.warnings()).isEqualTo(original.warnings());
    }
    assertThat(fixture.store.bytesRead.get()).isPositive().isLessThan(whole / 10);
  }

  @Test
  void knowsSizesFromHeadersAlone() throws IOException {
    Location remote = shardedFolder("model");
    Path origin = fixture.origin("model");
    Location local = Location.of(origin);
    long companions = Files.size(origin.resolve("config.json"));
    long checkpoint = 0;
    for (String name : Checkpoints.files(origin)) {
      checkpoint += Files.size(origin.resolve(name));
    }

    assertThat(files.bytes(local)).isEqualTo(checkpoint);
    assertThat(files.bytes(remote)).isEqualTo(checkpoint + companions);
    assertThat(fixture.store.bytesRead.get()).isLessThan(checkpoint / 10);
    assertThat(files.bytes(remote.child("notes.md")))
        .isEqualTo(files.bytes(local.child("notes.md")))
        .isEqualTo(Files.size(origin.resolve("notes.md")));
  }

  @Test
  void checksIndicesOfARemoteSparseDelta() {
    shardedFolder("model");
    new TensorFile()
        .metadata(ExpertKind.METADATA, ExpertKind.SPARSE.text())
        .i32("a.weight.indices", 2, 1)
        .f32("a.weight.values", List.of(2), 0.5f, 0.5f)
        .write(fixture.origin("sparse.safetensors"));
    Location remote = fixture.at("sparse.safetensors", "").location();

    try (Checkpoint base = Checkpoints.open(fixture.origin("model"))) {
      assertThatThrownBy(() -> Delta.open(base, files.headers(remote), ExpertPolicy.STRICT).close())
          .isInstanceOf(UserException.class)
          .hasMessageContaining("indices must ascend");
    }
  }

  @Test
  void namesProblemsByWhereTheInputLies() {
    fixture.remote("broken.safetensors", 100);
    Location remote = fixture.at("broken.safetensors", "").location();

    for (Path here : List.of(files.headers(remote), files.fetch(remote, ""))) {
      assertThatThrownBy(() -> Checkpoints.open(here))
          .isInstanceOfSatisfying(
              UserException.class,
              refused ->
                  assertThat(files.named(refused))
                      .hasMessageContaining("(" + remote + ")")
                      .hasMessageNotContaining(here.toString()));
    }
  }

  @Test
  void refusesARemoteFileWithOtherBytesThanPromised() {
    fixture.remote("model", 300);
    Location remote = fixture.at("model", "").location();

    assertThatThrownBy(() -> files.fetch(remote, "0".repeat(64)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("does not have the promised bytes")
        .hasMessageContaining(remote.text());
  }

  @Test
  void saysWhyARemoteFileCannotBeUsed() {
    Location model = shardedFolder("model");
    fixture.remote("empty", 0);
    Location empty = fixture.at("empty", "").location();
    Location missing = fixture.at("missing", "").location();

    assertThat(files.complaint(model)).contains("is a folder, not a file");
    assertThat(files.complaintOfFileOrFolder(model)).isEmpty();
    assertThat(files.complaint(empty)).contains("is empty");
    assertThat(files.complaintOfFileOrFolder(empty)).contains("is empty");
    assertThat(files.complaint(missing)).contains("does not exist");
    assertThat(files.exists(missing)).isFalse();
    assertThat(files.exists(model)).isTrue();
  }

  @Test
  void leavesNoCopiesOfHeadersBehind() {
    Path headers = files.headers(shardedFolder("model"));
    assertThat(headers).isDirectory();
    files.close();
    assertThat(headers.getParent().getParent()).doesNotExist();
  }

  /** A folder of two tensors in two shards, with an index, a configuration and something else. */
  private Location shardedFolder(String name) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    for (String tensor : List.of("a.weight", "b.weight")) {
      tensors.put(tensor, new TensorSpec(tensor, DType.F32, List.of((long) ELEMENTS)));
    }
    Path target = fixture.origin(name);
    float[] ramp = new float[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      ramp[i] = i;
    }
    try (CheckpointFolderWriter writer =
        CheckpointFolderWriter.begin(target, tensors, Map.of(), ELEMENTS * 4L)) {
      tensors.keySet().forEach(tensor -> writer.write(tensor, 0, ramp, ELEMENTS));
      writer.commit();
    }
    try {
      Files.writeString(target.resolve("config.json"), "{}");
      Files.writeString(target.resolve("notes.md"), "anything");
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
    return fixture.at(name, "").location();
  }

  private long bytesRead(Location file) {
    return files.statistics().bytesRead().get(file.text());
  }

  private static float[] values(Checkpoint checkpoint, String tensor) {
    float[] values = new float[ELEMENTS];
    checkpoint.read(tensor, 0, values, ELEMENTS);
    return values;
  }

  private static long headerLength(Path file) {
    try (InputStream bytes = Files.newInputStream(file)) {
      return ByteBuffer.wrap(bytes.readNBytes(8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private static long size(Path directory) throws IOException {
    try (Stream<Path> found = Files.list(directory)) {
      return found.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
