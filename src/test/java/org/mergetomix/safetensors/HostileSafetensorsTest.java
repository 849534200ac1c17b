package org.mergetomix.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mergetomix.safetensors.RawSafetensors.header;
import static org.mergetomix.safetensors.RawSafetensors.raw;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;

/** Files that must be refused, each with one message that says what is wrong. */
class HostileSafetensorsTest {

  private static final long ALLOCATION_LIMIT = 8_000_000;

  @TempDir Path directory;

  /** A name for the case, the file's bytes, and what the message must say. */
  record Hostile(String name, RawSafetensors file, String what) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource({"framing", "json", "entries", "numbers", "dtypes", "layout", "metadata", "limits"})
  void refusesWithOneClearMessage(Hostile hostile) throws IOException {
    Path file = hostile.file().in(directory);
    long length = Files.size(file);

    long before = allocatedBytes();
    UserException refused =
        catchThrowableOfType(UserException.class, () -> SafetensorsFile.open(file).close());
    long allocated = allocatedBytes() - before;

    assertThat(refused).as("the refusal").isNotNull();
    assertThat(refused.exitCode()).isEqualTo(ExitCode.INPUT);
    assertThat(refused.problems()).hasSize(1);
    assertThat(refused.getMessage())
        .startsWith(hostile.what())
        .contains("(" + file)
        .doesNotContain("\n");
    assertThat(refused.getMessage().length()).isLessThan(700 + 2 * directory.toString().length());
    assertThat(refused.problems().get(0).remedy()).isNotEmpty();
    assertThat(allocated).isLessThan(ALLOCATION_LIMIT + 20 * length);
  }

  static Stream<Hostile> framing() {
    return Stream.of(
        new Hostile("no bytes", raw(new byte[0]), "A safetensors file has at least 8 bytes"),
        new Hostile("seven bytes", raw(new byte[7]), "A safetensors file has at least 8 bytes"),
        new Hostile(
            "length over the limit",
            header("{}").claiming(100_000_001),
            "The header claims 100000001 bytes, more than the 100000000 allowed"),
        new Hostile(
            "length of 2^62",
            header("{}").claiming(1L << 62),
            "The header claims 4611686018427387904 bytes, more than the 100000000 allowed"),
        new Hostile(
            "length with the highest bit",
            header("{}").claiming(-1),
            "The header claims 18446744073709551615 bytes, more than the 100000000 allowed"),
        new Hostile(
            "big-endian length",
            header("{}").claiming(Long.reverseBytes(2)),
            "The header claims 144115188075855872 bytes"),
        new Hostile(
            "length beyond the file",
            header("{}").claiming(99_999_999),
            "The header claims 99999999 bytes, but the file has 2 after its length"),
        new Hostile(
            "length one too long",
            header("{}").claiming(3),
            "The header claims 3 bytes, but the file has 2 after its length"),
        new Hostile("no header", header(""), "The header is not a JSON object"),
        new Hostile("length too short", header("{}  ").claiming(1), "The header is not valid JSON"),
        new Hostile(
            "a pickle in a zip",
            raw("PK\3\4 archive/data.pkl and so on".getBytes(StandardCharsets.UTF_8)),
            "The file is an archive of torch.save or torch.export"),
        new Hostile(
            "a pointer of Git LFS",
            raw(
                ("version https://git-lfs.github.com/spec/v1\noid sha256:" + "0".repeat(64))
                    .getBytes(StandardCharsets.UTF_8)),
            "The file is a pointer of Git LFS, not the file that it stands for"),
        new Hostile(
            "GGUF",
            raw("GGUF\3\0\0\0 and so on".getBytes(StandardCharsets.UTF_8)),
            "The file is GGUF, whose weights are mostly quantised"));
  }

  static Stream<Hostile> json() {
    return Stream.of(
        new Hostile(
            "a lone continuation byte",
            header(new byte[] {'{', '"', (byte) 0x80, '"', ':', '1', '}'}),
            "The header is not UTF-8"),
        new Hostile(
            "an overlong slash",
            header(new byte[] {'{', '"', (byte) 0xc0, (byte) 0xaf, '"', ':', '1', '}'}),
            "The header is not UTF-8"),
        new Hostile(
            "UTF-8 cut off in the padding",
            header(new byte[] {'{', '}', ' ', (byte) 0xe2}),
            "The header is not UTF-8"),
        new Hostile("byte order mark", header("\ufeff{}"), "The header is not valid JSON"),
        new Hostile("only spaces", header("        "), "The header is not a JSON object"),
        new Hostile("an array", header("[]"), "The header is not a JSON object"),
        new Hostile("a string", header("'a'"), "The header is not a JSON object"),
        new Hostile("null", header("null"), "The header is not a JSON object"),
        new Hostile("open object", header("{'a':"), "The header is not valid JSON"),
        new Hostile(
            "open tensor",
            header("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]").zeros(4),
            "The header is not valid JSON"),
        new Hostile(
            "trailing comma",
            header("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},}").zeros(4),
            "The header is not valid JSON (at character"),
        new Hostile("a comment", header("{/* nothing */}"), "The header is not valid JSON"),
        new Hostile("unquoted name", header("{a:1}"), "The header is not valid JSON"),
        new Hostile("padding of zero bytes", header("{}\0\0\0\0"), "The header is not valid JSON"),
        new Hostile("a second object", header("{}{}"), "The header goes on after its JSON object"),
        new Hostile("a second value", header("{} 1"), "The header goes on after its JSON object"));
  }

  static Stream<Hostile> entries() {
    return Stream.of(
        new Hostile("a number", header("{'a':1}"), "The tensor is not described by a JSON object"),
        new Hostile("null", header("{'a':null}"), "The tensor is not described by a JSON object"),
        new Hostile("an array", header("{'a':[]}"), "The tensor is not described by a JSON object"),
        new Hostile("empty", header("{'a':{}}"), "The tensor has no dtype"),
        new Hostile(
            "no dtype",
            header("{'a':{'shape':[],'data_offsets':[0,0]}}"),
            "The tensor has no dtype"),
        new Hostile(
            "no shape",
            header("{'a':{'dtype':'F32','data_offsets':[0,4]}}").zeros(4),
            "The tensor has no shape"),
        new Hostile(
            "no offsets",
            header("{'a':{'dtype':'F32','shape':[0]}}"),
            "The tensor has no data_offsets"),
        new Hostile(
            "unknown field",
            header("{'a':{'dtype':'F32','shape':[0],'data_offsets':[0,0],'stride':[1]}}"),
            "The tensor has an unknown field, stride"),
        new Hostile(
            "two dtypes",
            header("{'a':{'dtype':'F32','dtype':'F32','shape':[0],'data_offsets':[0,0]}}"),
            "The tensor has two fields named dtype"),
        new Hostile(
            "two shapes",
            header("{'a':{'dtype':'F32','shape':[0],'shape':[9,0],'data_offsets':[0,0]}}"),
            "The tensor has two fields named shape"),
        new Hostile(
            "two offsets",
            header("{'a':{'dtype':'F32','shape':[0],'data_offsets':[0,0],'data_offsets':[0,0]}}"),
            "The tensor has two fields named data_offsets"),
        new Hostile(
            "listed twice",
            header(tensors(f32("a", "1", "0,4"), f32("a", "1", "4,8"))).zeros(8),
            "The tensor is listed twice"),
        new Hostile(
            "listed twice, without elements",
            header(tensors(f32("a", "0", "0,0"), f32("a", "0", "0,0"))),
            "The tensor is listed twice"),
        new Hostile(
            "listed twice, once escaped",
            header(tensors(f32("a", "0", "0,0"), f32("\\u0061", "0", "0,0"))),
            "The tensor is listed twice"),
        new Hostile(
            "half a surrogate pair",
            header(tensors(f32("\\ud83d", "0", "0,0"))),
            "The tensor has a name with half of a surrogate pair"),
        new Hostile(
            "name that would break the message's line",
            header("{'a\\nb\\u001b[31m\\u202e':1}"),
            "The tensor is not described by a JSON object"));
  }

  static Stream<Hostile> numbers() {
    return Stream.concat(
        Stream.of(
            new Hostile(
                "shape is a number", shape("4"), "The tensor has a shape that is not an array"),
            new Hostile(
                "shape is null", shape("null"), "The tensor has a shape that is not an array"),
            new Hostile(
                "one offset", offsets("[0]"), "The tensor needs two data_offsets, but has [0]"),
            new Hostile(
                "no offset", offsets("[]"), "The tensor needs two data_offsets, but has []"),
            new Hostile(
                "three offsets",
                offsets("[0,4,8]"),
                "The tensor has a data_offsets with more than 2 numbers"),
            new Hostile(
                "offsets are a string",
                offsets("'0,4'"),
                "The tensor has a data_offsets that is not an array"),
            new Hostile("leading zero", offsets("[0,04]"), "The header is not valid JSON"),
            new Hostile("plus sign", offsets("[0,+4]"), "The header is not valid JSON"),
            new Hostile("not a number", offsets("[0,NaN]"), "The header is not valid JSON"),
            new Hostile(
                "a thousand digits",
                offsets("[0," + "9".repeat(1000) + "]"),
                "The header has a name, number or text that is too long"),
            new Hostile(
                "ends before it begins",
                offsets("[4,0]"),
                "The tensor ends at 0, before it begins at 4")),
        Stream.of(
                "1e3",
                "4.0",
                "-0",
                "-4",
                "9223372036854775808",
                "18446744073709551615",
                "18446744073709551620",
                "'4'",
                "null",
                "true",
                "[4]")
            .flatMap(
                wrong ->
                    Stream.of(
                        new Hostile(
                            "offset " + wrong,
                            offsets("[0," + wrong + "]"),
                            "The tensor has a data_offsets with " + shown(wrong)),
                        new Hostile(
                            "dimension " + wrong,
                            shape("[" + wrong + "]"),
                            "The tensor has a shape with " + shown(wrong)))));
  }

  static Stream<Hostile> dtypes() {
    return Stream.concat(
        Stream.of(
            new Hostile("lower case", dtype("'f32'"), "The tensor has an unknown dtype, f32"),
            new Hostile(
                "from elsewhere", dtype("'torch.float32'"), "The tensor has an unknown dtype"),
            new Hostile("empty", dtype("''"), "The tensor has an unknown dtype"),
            new Hostile("number", dtype("32"), "The tensor has a dtype that is not a string"),
            new Hostile("null", dtype("null"), "The tensor has a dtype that is not a string")),
        Stream.of(
                "F4",
                "F6_E2M3",
                "F6_E3M2",
                "F8_E8M0",
                "F8_E4M3FNUZ",
                "F8_E5M2FNUZ",
                "U16",
                "U32",
                "U64",
                "C64")
            .map(
                name ->
                    new Hostile(
                        "unread " + name,
                        dtype("'" + name + "'"),
                        "The tensor has dtype %s, which is not supported".formatted(name))));
  }

  static Stream<Hostile> layout() {
    return Stream.of(
        new Hostile(
            "hole at the start",
            header(tensors(f32("a", "1", "4,8"))).zeros(8),
            "The tensor begins at byte 4 of the data, but the one before it ends at 0"),
        new Hostile(
            "hole between",
            header(tensors(f32("a", "1", "0,4"), f32("b", "1", "8,12"))).zeros(12),
            "The tensor begins at byte 8 of the data, but the one before it ends at 4"),
        new Hostile(
            "overlap",
            header(tensors(f32("a", "2", "0,8"), f32("b", "1", "4,8"))).zeros(8),
            "The tensor begins at byte 4 of the data, inside another that ends at 8"),
        new Hostile(
            "same bytes twice",
            header(tensors(f32("a", "1", "0,4"), f32("b", "1", "0,4"))).zeros(4),
            "The tensor begins at byte 0 of the data, inside another that ends at 4"),
        new Hostile(
            "bytes after the last tensor",
            header(tensors(f32("a", "1", "0,4"))).zeros(7),
            "The file has 3 bytes after its last tensor"),
        new Hostile("bytes without tensors", header("{}").zeros(1), "The file has 1 bytes after"),
        new Hostile(
            "cut off",
            header(tensors(f32("a", "2", "0,8"))).zeros(7),
            "The tensor ends at byte 8 of the data, but the file has only 7 bytes of data"),
        new Hostile(
            "no data at all",
            header(tensors(f32("a", "2", "0,8"))),
            "The tensor ends at byte 8 of the data, but the file has only 0 bytes of data"),
        new Hostile(
            "2^60 bytes claimed",
            header(tensors(f32("a", "288230376151711744", "0,1152921504606846976"))).zeros(8),
            "The tensor ends at byte 1152921504606846976 of the data, but the file has only 8"),
        new Hostile(
            "empty tensor beyond the file",
            header(tensors(f32("a", "0", "9223372036854775807,9223372036854775807"))),
            "The tensor ends at byte 9223372036854775807 of the data"),
        new Hostile(
            "shape needs more",
            header(tensors(f32("a", "3", "0,8"))).zeros(8),
            "The tensor is F32 [3] and needs 12 bytes, but its data_offsets give it 8"),
        new Hostile(
            "shape needs less",
            header(tensors(f32("a", "1", "0,8"))).zeros(8),
            "The tensor is F32 [1] and needs 4 bytes, but its data_offsets give it 8"),
        new Hostile(
            "scalar without bytes",
            header(tensors(f32("a", "", "0,0"))),
            "The tensor is F32 [] and needs 4 bytes, but its data_offsets give it 0"),
        new Hostile(
            "elements overflow to 0",
            header(tensors(f32("a", "4294967296,4294967296", "0,0"))),
            "The tensor has the shape [4294967296, 4294967296], whose size overflows"),
        new Hostile(
            "elements overflow to a negative size",
            header(tensors(f32("a", "4611686018427387904", "0,0"))),
            "The tensor has the shape [4611686018427387904], whose size overflows"),
        new Hostile(
            "overflow hidden before a zero",
            header(tensors(f32("a", "4294967296,4294967296,0", "0,0"))),
            "The tensor has the shape [4294967296, 4294967296, 0], whose size overflows"),
        new Hostile(
            "overflow hidden behind a zero",
            header(tensors(f32("a", "0,4294967296,4294967296", "0,0"))),
            "The tensor has the shape [0, 4294967296, 4294967296], whose size overflows"));
  }

  static Stream<Hostile> metadata() {
    return Stream.of(
        new Hostile("a list", header("{'__metadata__':[]}"), "The metadata is not a JSON object"),
        new Hostile(
            "null twice",
            header("{'__metadata__':null,'__metadata__':null}"),
            "The header has two entries named __metadata__"),
        new Hostile(
            "a number in it",
            header("{'__metadata__':{'step':1}}"),
            "The metadata entry step is not a string"),
        new Hostile(
            "an object in it",
            header("{'__metadata__':{'a':{'b':'c'}}}"),
            "The metadata entry a is not a string"),
        new Hostile(
            "a tensor of that name",
            header(tensors(f32("__metadata__", "1", "0,4"))).zeros(4),
            "The metadata entry shape is not a string"),
        new Hostile(
            "twice",
            header("{'__metadata__':{},'__metadata__':{}}"),
            "The header has two entries named __metadata__"),
        new Hostile(
            "a key twice",
            header("{'__metadata__':{'a':'b','a':'c'}}"),
            "The metadata has two entries named a"),
        new Hostile(
            "half a surrogate pair",
            header("{'__metadata__':{'a':'\\udc00'}}"),
            "The metadata entry a has half of a surrogate pair"));
  }

  static Stream<Hostile> limits() {
    return Stream.of(
        new Hostile(
            "deep arrays", shape("[".repeat(200_000)), "The tensor has a shape with [ where"),
        new Hostile(
            "deep objects", header("{'a':".repeat(200_000)), "The tensor has an unknown field, a"),
        new Hostile(
            "deep metadata",
            header("{'__metadata__':" + "{'a':".repeat(200_000)),
            "The metadata entry a is not a string"),
        new Hostile(
            "too many dimensions",
            shape("[" + "1,".repeat(32) + "1]"),
            "The tensor has a shape with more than 32 numbers"),
        new Hostile(
            "a name too long",
            header(tensors(f32("n".repeat(1025), "0", "0,0"))),
            "The tensor has a name longer than 1024 characters"),
        new Hostile(
            "a name much too long",
            header(tensors(f32("n".repeat(1_000_000), "0", "0,0"))),
            "The header has a name, number or text that is too long"),
        new Hostile(
            "metadata much too long",
            header("{'__metadata__':{'a':'" + "x".repeat(11_000_000) + "'}}"),
            "The header has a name, number or text that is too long"),
        new Hostile(
            "too many tensors",
            header(
                tensors(
                    Stream.iterate(0, i -> i + 1)
                        .limit((1 << 18) + 1)
                        .map(i -> "'" + i + "':{'dtype':'I8','shape':[0],'data_offsets':[0,0]}")
                        .toArray(String[]::new))),
            "The header lists more than 262144 tensors"));
  }

  @Test
  void namesTheTensorOnOneLineWhateverItsName() {
    Path file = header("{'a\\nb\\u001b[31m\\u202e':1}").in(directory);

    assertThat(catchThrowableOfType(UserException.class, () -> SafetensorsFile.open(file)))
        .hasMessageContaining("model.safetensors, tensor a\\u{a}b\\u{1b}[31m\\u{202e})");
  }

  private static RawSafetensors shape(String json) {
    return header("{'a':{'dtype':'F32','shape':" + json + ",'data_offsets':[0,4]}}").zeros(4);
  }

  private static RawSafetensors offsets(String json) {
    return header("{'a':{'dtype':'F32','shape':[1],'data_offsets':" + json + "}}").zeros(4);
  }

  private static RawSafetensors dtype(String json) {
    return header("{'a':{'dtype':" + json + ",'shape':[1],'data_offsets':[0,4]}}").zeros(4);
  }

  private static String f32(String name, String shape, String offsets) {
    return "'%s':{'dtype':'F32','shape':[%s],'data_offsets':[%s]}".formatted(name, shape, offsets);
  }

  private static String tensors(String... entries) {
    return "{" + String.join(",", List.of(entries)) + "}";
  }

  private static String shown(String json) {
    return switch (json.charAt(0)) {
      case '\'' -> "the string \"4\"";
      case '[' -> "[ where a whole number";
      default -> json + " where a whole number from 0 to 9223372036854775807 is needed";
    };
  }

  private static long allocatedBytes() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}
