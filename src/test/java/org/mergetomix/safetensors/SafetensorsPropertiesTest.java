package org.mergetomix.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/** What holds for every file that is written, and for every file at all. */
class SafetensorsPropertiesTest {

  private static Path file;
  private static byte[] valid;

  @BeforeContainer
  static void createFile() throws IOException {
    file = Files.createTempFile("properties", ".safetensors");
    valid = valid();
  }

  @AfterContainer
  static void deleteFile() throws IOException {
    Files.delete(file);
  }

  @Property(tries = 100, seed = "21")
  void readsBackWhatWasWritten(
      @ForAll("checkpoints") Map<String, TensorSpec> tensors,
      @ForAll("texts") Map<String, String> metadata,
      @ForAll long seed) {
    TensorSource source = pseudoRandom(seed);
    SafetensorsWriter.write(file, new TreeMap<>(tensors), metadata, source);

    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      assertThat(checkpoint.tensors()).isEqualTo(tensors);
      assertThat(checkpoint.metadata()).isEqualTo(metadata);
      tensors.forEach(
          (name, spec) ->
              assertThat(all(checkpoint, spec)).isEqualTo(rounded(all(source, spec), spec)));
    }
  }

  @Property(tries = 50, seed = "22")
  void givesTheSameBytesForTheSameContents(
      @ForAll("checkpoints") Map<String, TensorSpec> tensors,
      @ForAll("texts") Map<String, String> metadata)
      throws IOException {
    SafetensorsWriter.write(file, new TreeMap<>(tensors), metadata, pseudoRandom(1));
    byte[] first = Files.readAllBytes(file);
    SafetensorsWriter.write(file, new TreeMap<>(tensors), new TreeMap<>(metadata), pseudoRandom(1));

    assertThat(Files.readAllBytes(file)).isEqualTo(first);
  }

  @Property(tries = 600, seed = "23")
  void aDamagedFileIsReadOrRefused(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 1 << 16) Integer> places,
      @ForAll @IntRange(min = 1, max = 255) int flip)
      throws IOException {
    byte[] bytes = valid.clone();
    for (int place : places) {
      bytes[place % bytes.length] ^= (byte) flip;
    }
    assertReadOrRefused(bytes);
  }

  @Property(tries = 600, seed = "24")
  void aFileWithDamagedDigitsAndPunctuationIsReadOrRefused(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 1 << 16) Integer> places,
      @ForAll("punctuation") char replacement)
      throws IOException {
    byte[] bytes = valid.clone();
    for (int place : places) {
      bytes[Long.BYTES + place % (bytes.length - Long.BYTES)] = (byte) replacement;
    }
    assertReadOrRefused(bytes);
  }

  @Property(tries = 150, seed = "25")
  void aShortenedFileIsRefused(@ForAll @IntRange(max = 1 << 16) int length) throws IOException {
    byte[] shorter = Arrays.copyOf(valid, length % valid.length);

    assertThat(readOrRefused(shorter)).isFalse();
  }

  @Provide
  Arbitrary<Map<String, TensorSpec>> checkpoints() {
    Arbitrary<TensorSpec> tensors =
        Combinators.combine(
                names(),
                Arbitraries.of(DType.F32, DType.F16, DType.BF16),
                Arbitraries.longs().between(0, 5).list().ofMaxSize(4))
            .as(TensorSpec::new);
    return tensors
        .list()
        .ofMaxSize(5)
        .uniqueElements(TensorSpec::name)
        .map(
            list -> {
              SortedMap<String, TensorSpec> byName = new TreeMap<>();
              list.forEach(spec -> byName.put(spec.name(), spec));
              return byName;
            });
  }

  @Provide
  Arbitrary<Map<String, String>> texts() {
    return Arbitraries.maps(names(), names()).ofMaxSize(3);
  }

  @Provide
  Arbitrary<Character> punctuation() {
    return Arbitraries.of(
        '0', '1', '9', '-', '.', 'e', '"', '{', '}', '[', ']', ',', ':', ' ', '\\', 'u', '\0');
  }

  /** Any characters: quotes, control characters, all of Unicode. */
  private static Arbitrary<String> names() {
    return Arbitraries.strings().all().ofMaxLength(12).filter(TensorNames::wellFormed);
  }

  private static byte[] valid() throws IOException {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    for (TensorSpec spec :
        List.of(
            new TensorSpec("embedding.weight", DType.F32, List.of(3L, 2L)),
            new TensorSpec("scale", DType.F32, List.of()),
            new TensorSpec("empty", DType.F16, List.of(0L)),
            new TensorSpec("head.weight", DType.BF16, List.of(4L)))) {
      tensors.put(spec.name(), spec);
    }
    SafetensorsWriter.write(file, tensors, Map.of("format", "pt"), pseudoRandom(5));
    return Files.readAllBytes(file);
  }

  private static void assertReadOrRefused(byte[] bytes) throws IOException {
    // Anything but a UserException would come out of here and fail the property.
    readOrRefused(bytes);
  }

  private static boolean readOrRefused(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      checkpoint.tensors().values().stream()
          .filter(spec -> spec.dtype().floating())
          .forEach(spec -> all(checkpoint, spec));
      return true;
    } catch (UserException refused) {
      assertThat(refused.getMessage()).contains(file.toString()).doesNotContain("\n");
      return false;
    }
  }

  private static float[] all(TensorSource source, TensorSpec spec) {
    float[] values = new float[(int) spec.elements()];
    source.read(spec.name(), 0, values, values.length);
    return values;
  }

  private static float[] rounded(float[] values, TensorSpec spec) {
    for (int i = 0; i < values.length; i++) {
      switch (spec.dtype()) {
        case BF16 -> values[i] = byScaling(values[i], 8, -126);
        case F16 -> values[i] = byScaling(values[i], 11, -14);
        default -> {}
      }
    }
    return values;
  }

  /** Rounds to a number of significant bits, by another way than the code that is tested. */
  private static float byScaling(float value, int bits, int smallestExponent) {
    int exponent = Math.max(Math.getExponent(value), smallestExponent);
    double unit = Math.scalb(1.0, exponent - bits + 1);
    return (float) (Math.rint(value / unit) * unit);
  }

  /** Elements between -60000 and 60000, of very different sizes. */
  private static TensorSource pseudoRandom(long seed) {
    return (tensor, offset, destination, length) -> {
      for (int i = 0; i < length; i++) {
        long mixed = (seed + tensor.hashCode() + offset + i) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 29)) * 0xbf58476d1ce4e5b9L;
        float size = Math.scalb(60_000f, -(int) ((mixed >>> 8) % 40));
        destination[i] = size * ((mixed >>> 32) / (float) (1L << 31) - 1);
      }
    };
  }
}
