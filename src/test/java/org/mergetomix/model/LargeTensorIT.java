package org.mergetomix.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.merge.MergeSettings;
import org.mergetomix.merge.Method;
import org.mergetomix.merge.PrefixMerger;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.safetensors.FileLayout;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

/**
 * The embedding of a vocabulary of 152,064: over 2 GiB in float32. Takes 5 GB of memory where it is
 * measured generously: files are sparse, in bf16, and their pages can be dropped.
 */
class LargeTensorIT {

  private static final String NAME = "model.embed_tokens.weight";
  private static final long ROWS = 152_064;
  private static final long COLUMNS = 3_584;
  private static final long LAST = ROWS * COLUMNS - 1;

  /** Behind the 2 GiB of a float32 tensor, whose elements are counted from 0. */
  private static final long BEHIND = (1L << 29) + 5;

  private static final short ONE = 0x3f80;
  private static final short TWO = 0x4000;

  @TempDir Path folder;

  @Test
  void isMergedIntoALiveParameter() throws IOException {
    Path baseFile = write("base", ONE, Map.of());
    Path expertFile = write("expert", TWO, Map.of("merge-to-mix.kind", "delta"));
    try (NDManager manager = NDManager.newBaseManager();
        Checkpoint base = Checkpoints.open(baseFile);
        Delta delta = Delta.open(base, expertFile, ExpertPolicy.STRICT)) {
      NDArray parameter = manager.create(new Shape(ROWS, COLUMNS), DataType.FLOAT32);
      SortedMap<String, NDArray> arrays = new TreeMap<>(Map.of(NAME, parameter));
      TensorPieces pieces = new FloatPieces();
      ParameterMemory direct =
          new ParameterMemory.Direct(
              arrays, Precision.FLOAT32, pieces, ParameterMemory.Direct.VIEW);
      PreparedExperts experts =
          PreparedExperts.of(
              base,
              Map.of("a", new PreparedExperts.Expert("", delta)),
              MergeMethod.of(MergeSettings.of(Method.AVERAGE), 1));

      new PrefixMerger(experts, 0).merge(Mixture.parse("a"), Optional.empty(), direct::write);

      for (long place : List.of(0L, BEHIND, LAST)) {
        assertThat(read(direct, place)).isEqualTo(3);
        assertThat(parameter.getFloat(place / COLUMNS, place % COLUMNS)).isEqualTo(3);
      }
      assertThat(read(direct, BEHIND + 1)).isZero();

      long stretch = ParameterMemory.Staged.stretch(arrays);
      ParameterMemory staged =
          new ParameterMemory.Staged(
              arrays, Precision.FLOAT32, pieces, manager.zeros(new Shape(stretch)));
      assertThat(read(staged, BEHIND)).isEqualTo(3);
      float[] row = new float[(int) COLUMNS];
      Arrays.fill(row, 5);
      for (long offset = BEHIND / stretch * stretch; offset <= LAST; offset += row.length) {
        staged.write(NAME, offset, row, (int) Math.min(row.length, LAST + 1 - offset));
      }
      assertThat(read(staged, BEHIND)).isEqualTo(5);
      assertThat(read(direct, LAST)).isEqualTo(5);
      assertThat(read(direct, 0)).isEqualTo(3);
    }
  }

  private static float read(ParameterMemory memory, long place) {
    float[] one = new float[1];
    memory.read(NAME, place, one, 1);
    return one[0];
  }

  /** Zeros, which take no room on disk, but for three elements. */
  private Path write(String name, short element, Map<String, String> metadata) throws IOException {
    TensorSpec spec = new TensorSpec(NAME, DType.BF16, List.of(ROWS, COLUMNS));
    FileLayout layout = FileLayout.of(new TreeMap<>(Map.of(NAME, spec)), metadata);
    Path file = folder.resolve(name + ".safetensors");
    Files.write(file, layout.header());
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      for (long place : List.of(0L, BEHIND, LAST)) {
        sparse.seek(layout.position(spec, place));
        sparse.writeShort(Short.reverseBytes(element));
      }
    }
    return file;
  }
}
