package org.mergetomix.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertKind;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.tensor.Checkpoint;

/** Folders and deltas that must be refused, each with one message that says what is wrong. */
class HostileFoldersTest {

  private static final long ALLOCATION_LIMIT = 8_000_000;

  private static final String A = "base_model.model.m.lora_A.weight";
  private static final String B = "base_model.model.m.lora_B.weight";

  @TempDir Path directory;

  /** Something written to the disk. */
  @FunctionalInterface
  interface Writing {
    void write(Path folder) throws IOException;
  }

  /** A name for the case, what is in the folder, and what the message must begin with and say. */
  record Hostile(String name, Writing writing, String what, String more) {

    Hostile(String name, Writing writing, String what) {
      this(name, writing, what, what);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Loads what is loaded once, so that what is counted is what a file costs. */
  @BeforeAll
  static void readAnHonestAdapter() {
    Path adapter = Path.of("src/test/resources/org/mergetomix/expert/lora/plain");
    try (Checkpoint base = Checkpoints.open(adapter.resolve("base.safetensors"));
        Delta delta = Delta.open(base, adapter, ExpertPolicy.STRICT)) {
      assertThat(delta.warnings()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource({"indexes", "fileNames", "folders", "configurations", "adapters", "sparse"})
  void refusesWithOneClearMessage(Hostile hostile) throws IOException {
    Path folder = Files.createDirectory(directory.resolve("expert"));
    hostile.writing().write(folder);
    Path baseFile =
        new TensorFile()
            .ramp("m.weight", List.of(4, 3), 1)
            .ramp("norm.weight", List.of(3), 1)
            .i64("ids", 1, 2)
            .write(directory.resolve("base.safetensors"));
    // What lies outside must never be read: it would pass every check.
    new TensorFile()
        .ramp("m.weight", List.of(4, 3), 2)
        .ramp("norm.weight", List.of(3), 2)
        .i64("ids", 1, 2)
        .write(directory.resolve("outside.safetensors"));
    long size = size(folder);
    try (Checkpoint base = SafetensorsFile.open(baseFile)) {
      long before = allocatedBytes();
      UserException refused =
          catchThrowableOfType(
              UserException.class, () -> Delta.open(base, folder, ExpertPolicy.STRICT).close());
      long allocated = allocatedBytes() - before;

      assertThat(refused).as("the refusal").isNotNull();
      assertThat(refused.exitCode()).isEqualTo(ExitCode.INPUT);
      assertThat(refused.problems()).hasSize(1);
      assertThat(refused.getMessage())
          .startsWith(hostile.what())
          .contains(hostile.more(), folder.toString())
          .doesNotContain("\n");
      assertThat(refused.getMessage().length()).isLessThan(900 + 3 * directory.toString().length());
      assertThat(refused.problems().get(0).remedy()).isNotEmpty();
      assertThat(allocated).isLessThan(ALLOCATION_LIMIT + 20 * size);
    }
  }

  static Stream<Hostile> indexes() {
    return Stream.of(
        index("no bytes", "", "The index is not a JSON object"),
        index("an array", "[]", "The index is not a JSON object"),
        index("cut off", "{'weight_map':{'a':", "The file is not valid JSON"),
        index("no weight_map", "{'metadata':{}}", "The index has no weight_map"),
        index("nothing in it", "{'weight_map':{}}", "The index lists no tensor"),
        index("a weight_map that is a list", "{'weight_map':[]}", "The weight_map is not a JSON"),
        index(
            "two weight_maps",
            "{'weight_map':{'a':'b.safetensors'},'weight_map':{'a':'c.safetensors'}}",
            "The index has two fields named weight_map"),
        index("two metadata", "{'metadata':{},'metadata':{}}", "The index has two fields named"),
        index("metadata that is a text", "{'metadata':''}", "The metadata is not a JSON object"),
        index(
            "two sizes",
            "{'metadata':{'total_size':1,'total_size':2}}",
            "The metadata has two fields named total_size"),
        index(
            "a tensor twice",
            "{'weight_map':{'a':'b.safetensors','a':'c.safetensors'}}",
            "The tensor a is listed twice in the weight_map"),
        index(
            "a number for a file",
            "{'weight_map':{'a':1}}",
            "The tensor a has no file's name in the weight_map"),
        index(
            "a list of files",
            "{'weight_map':{'a':['b.safetensors']}}",
            "The tensor a has no file's name in the weight_map"),
        index("something behind", "{'weight_map':{'a':'b.safetensors'}}{}", "The file goes on"),
        index("nested deeply", "{'x':" + "[".repeat(100_000), "The file has a name, number or"),
        index(
            "a reserved name",
            "{'weight_map':{'__metadata__':'b.safetensors'}}",
            "The tensor __metadata__ has the name that is reserved"),
        index(
            "half a surrogate pair",
            "{'weight_map':{'\\ud800':'b.safetensors'}}",
            "The tensor \\u{d800} has a name with half of a surrogate pair"),
        index(
            "too many files",
            IntStream.rangeClosed(0, ShardIndex.MAX_SHARDS)
                .mapToObj("'%1$d':'%1$d.safetensors'"::formatted)
                .collect(Collectors.joining(",", "{'weight_map':{", "}}")),
            "The weight_map names more than 4096 files"),
        new Hostile(
            "not UTF-8",
            folder ->
                Files.write(folder.resolve(ShardIndex.NAME), new byte[] {'{', '"', (byte) 0xff}),
            "The file is not UTF-8"),
        index(
            "a shard that is not there",
            "{'weight_map':{'a':'b.safetensors'}}",
            "The index names a shard that does not exist, b.safetensors"),
        new Hostile(
            "a tensor that its shard lacks",
            folder -> {
              text(folder, ShardIndex.NAME, "{'weight_map':{'a':'b.safetensors'}}");
              new TensorFile().ramp("b", List.of(1), 1).write(folder.resolve("b.safetensors"));
            },
            "The index places the tensor in b.safetensors, which does not have it"),
        new Hostile(
            "a broken shard",
            folder -> {
              text(folder, ShardIndex.NAME, "{'weight_map':{'a':'b.safetensors'}}");
              text(folder, "b.safetensors", "short");
            },
            "A safetensors file has at least 8 bytes"));
  }

  static Stream<Hostile> fileNames() {
    return Stream.of(
        shard("../outside.safetensors", "has an empty part, . or .."),
        shard("a/../../outside.safetensors", "has an empty part, . or .."),
        shard("./model.safetensors", "has an empty part, . or .."),
        shard("a//b.safetensors", "has an empty part, . or .."),
        shard("/etc/model.safetensors", "is not relative"),
        shard("//host/share/model.safetensors", "is not relative"),
        shard("C:/model.safetensors", "has a colon, a backslash or a control character"),
        shard("..\\\\outside.safetensors", "has a colon, a backslash or a control character"),
        shard("file:///model.safetensors", "has a colon, a backslash or a control character"),
        shard("a\\u0000.safetensors", "has a colon, a backslash or a control character"),
        shard("a\\n.safetensors", "has a colon, a backslash or a control character"),
        shard("pytorch_model.bin", "is a Python pickle's, which is never read"),
        shard("model.PT", "is a Python pickle's, which is never read"),
        shard("model.json", "does not end with .safetensors"),
        shard("", "has an empty part, . or .."),
        shard("x".repeat(1100) + ".safetensors", "is longer than 1024 characters"),
        new Hostile(
            "a link to the outside",
            folder -> {
              text(folder, ShardIndex.NAME, "{'weight_map':{'m.weight':'b.safetensors'}}");
              Files.createSymbolicLink(
                  folder.resolve("b.safetensors"), Path.of("../outside.safetensors"));
            },
            "The file is a link that leads out of the checkpoint's folder"),
        new Hostile(
            "a linked folder to the outside",
            folder -> {
              text(folder, ShardIndex.NAME, "{'weight_map':{'m.weight':'up/outside.safetensors'}}");
              Files.createSymbolicLink(folder.resolve("up"), Path.of(".."));
            },
            "The file is a link that leads out of the checkpoint's folder"),
        new Hostile(
            "a single file that is a link to the outside",
            folder ->
                Files.createSymbolicLink(
                    folder.resolve("model.safetensors"), Path.of("../outside.safetensors")),
            "The file is a link that leads out of the checkpoint's folder"));
  }

  static Stream<Hostile> folders() {
    return Stream.of(
        new Hostile("an empty folder", folder -> {}, "The folder has no model.safetensors.index"),
        new Hostile(
            "a pickled model",
            folder -> text(folder, "pytorch_model.bin", "PK"),
            "The checkpoint is a Python pickle, which could run any code when read"),
        new Hostile(
            "a pickled adapter",
            folder -> {
              text(folder, "adapter_model.bin", "PK");
              text(folder, "adapter_config.json", "{'peft_type':'LORA'}");
            },
            "The checkpoint is a Python pickle, which could run any code when read"),
        new Hostile(
            "an adapter without a configuration",
            folder ->
                new TensorFile()
                    .ramp(A, List.of(1, 3), 1)
                    .write(folder.resolve("adapter_model.safetensors")),
            "The adapter's folder has no adapter_config.json"),
        new Hostile(
            "an adapter and a model",
            folder -> {
              text(folder, "adapter_config.json", "{'peft_type':'LORA'}");
              text(folder, "model.safetensors", "");
            },
            "The folder holds an adapter and a whole checkpoint"),
        new Hostile(
            "a configuration that is a link to the outside",
            folder -> {
              Files.writeString(folder.resolveSibling("outside.json"), "{}");
              Files.createSymbolicLink(
                  folder.resolve("adapter_config.json"), Path.of("../outside.json"));
              text(folder, "adapter_model.safetensors", "");
            },
            "The file is a link that leads out of the checkpoint's folder"));
  }

  static Stream<Hostile> configurations() {
    return Stream.of(
        config("no bytes", "", "The adapter's configuration is not a JSON object"),
        config("a list", "[]", "The adapter's configuration is not a JSON object"),
        config("cut off", "{'peft_type':'LORA'", "The file is not valid JSON"),
        config("twice", "{'peft_type':'LORA','r':1,'r':2}", "The file is not valid JSON, or has a"),
        config("no type", "{}", "The adapter's configuration has no peft_type"),
        config("another type", "{'peft_type':'LOHA'}", "The adapter's peft_type is LOHA, and only"),
        lora("'use_dora':true", "The adapter uses use_dora, which is not supported"),
        lora("'use_qalora':true", "The adapter uses use_qalora, which is not supported"),
        lora("'use_magic':true", "The adapter uses use_magic, which is not known here"),
        lora(
            "'target_parameters':['x']",
            "The adapter adapts \"x\" by target_parameters, which is no tensor of"),
        lora("'trainable_token_indices':[1]", "The adapter uses trainable_token_indices, which"),
        lora("'layer_replication':[[0,1]]", "The adapter uses layer_replication, which is not"),
        lora("'alora_invocation_tokens':[1]", "The adapter uses alora_invocation_tokens, which"),
        lora("'arrow_config':{'a':1}", "The adapter uses arrow_config, which is not supported"),
        lora("'init_lora_weights':'pissa_niter_4'", "The adapter was initialised with init_lora_"),
        lora("'init_lora_weights':'olora'", "The adapter was initialised with init_lora_weights ="),
        lora("'init_lora_weights':'corda'", "The adapter was initialised with init_lora_weights ="),
        lora("'init_lora_weights':'loftq'", "The adapter was initialised with init_lora_weights ="),
        lora("'init_lora_weights':7", "The adapter's init_lora_weights must be true, false or a"),
        lora("'r':0", "The adapter's r must be a whole number from 1 to 65536"),
        lora("'r':-4", "The adapter's r must be a whole number from 1 to 65536"),
        lora("'r':1.5", "The adapter's r must be a whole number from 1 to 65536"),
        lora("'r':4294967297", "The adapter's r must be a whole number from 1 to 65536"),
        lora("'r':'1'", "The adapter's r must be a number"),
        lora("'lora_alpha':1e999", "The adapter's lora_alpha must be a number"),
        lora("'lora_alpha':null", "The adapter's lora_alpha must be a number"),
        lora("'bias':'some'", "The adapter's bias must be none, all or lora_only"),
        lora("'use_rslora':'yes'", "The adapter's use_rslora must be true or false"),
        lora("'fan_in_fan_out':1", "The adapter's fan_in_fan_out must be true or false"),
        lora("'rank_pattern':[]", "The adapter's rank_pattern must be a JSON object"),
        lora("'rank_pattern':{'m':0}", "The adapter's rank_pattern must be made of numbers"),
        lora("'rank_pattern':{'(':1}", "The key \"(\" of rank_pattern is not a regular expression"),
        lora("'alpha_pattern':{'m':'x'}", "The adapter's alpha_pattern must be made of numbers"),
        lora("'modules_to_save':'norm'", "The adapter's modules_to_save must be a list of names"),
        config(
            "a number of a thousand digits",
            "{'peft_type':'LORA','r':" + "9".repeat(1000) + "}",
            "The file has a name, number or text that is too long"),
        config(
            "nested deeply",
            "{'peft_type':'LORA','x':" + "[".repeat(100_000),
            "The file has a name, number or text that is too long, or is nested too deeply"),
        new Hostile(
            "a pattern without end",
            folder -> {
              text(
                  folder,
                  "adapter_config.json",
                  "{'peft_type':'LORA','r':1,'rank_pattern':{'(x+x+)+\\\\3y':2}}");
              String module = "x".repeat(60);
              new TensorFile()
                  .ramp("base_model.model." + module + ".lora_B.bias", List.of(3), 1)
                  .write(folder.resolve("adapter_model.safetensors"));
            },
            "A pattern for names of modules takes too long to match"));
  }

  static Stream<Hostile> adapters() {
    return Stream.of(
        adapter("no tensor", new TensorFile(), "The adapter has no tensor"),
        adapter(
            "no B",
            new TensorFile().ramp(A, List.of(2, 3), 1),
            "The module m needs a factor A and a factor B, but the adapter has only: " + A),
        adapter(
            "no A",
            new TensorFile().ramp(B, List.of(4, 2), 1),
            "The module m needs a factor A and a factor B, but the adapter has only: " + B),
        adapter(
            "factors of two kinds",
            new TensorFile()
                .ramp(A, List.of(2, 3), 1)
                .ramp("base_model.model.m.lora_embedding_B", List.of(4, 2), 1),
            "The module m needs a factor A and a factor B"),
        factors("another rank", List.of(3, 3), List.of(4, 3), "The configuration gives the rank 2"),
        factors("two ranks", List.of(2, 3), List.of(4, 3), "The configuration gives the rank 2"),
        factors("vectors", List.of(6), List.of(8), "The factors must be matrices, but are [6]"),
        factors(
            "the other way round",
            List.of(2, 4),
            List.of(3, 2),
            "The factors [2, 4] and [3, 2] make [3, 4], but the base's tensor m.weight is [4, 3]"),
        factors(
            "a B with more dimensions",
            List.of(2, 3),
            List.of(4, 2, 2),
            "The factors [2, 3] and [4, 2, 2] make [], but the base's tensor m.weight is [4, 3]"),
        adapter(
            "whole numbers", new TensorFile().i64(A, 1, 2), "The tensor is I64 [2], not floating"),
        adapter(
            "DoRA's magnitudes",
            new TensorFile().ramp("base_model.model.m.lora_magnitude_vector", List.of(4), 1),
            "The tensor belongs to DoRA, which is not supported"),
        adapter(
            "no such module",
            new TensorFile()
                .ramp("base_model.model.x.lora_A.weight", List.of(2, 3), 1)
                .ramp("base_model.model.x.lora_B.weight", List.of(4, 2), 1),
            "The base has no tensor x.weight for it"),
        adapter(
            "two adapters in a file",
            new TensorFile()
                .ramp("base_model.model.m.lora_A.default.weight", List.of(2, 3), 1)
                .ramp("base_model.model.m.lora_B.other.weight", List.of(4, 2), 1),
            "The file holds several adapters: default, other"),
        adapter(
            "a buffer that the configuration does not bring along",
            new TensorFile()
                .ramp("base_model.model.m.lora_A.weight", List.of(2, 3), 1)
                .ramp("base_model.model.m.lora_B.weight", List.of(4, 2), 1)
                .ramp("base_model.model.m.lora_velora_embed", List.of(4), 1),
            "The configuration does not explain the tensor"),
        adapter(
            "a base's weight that is another",
            new TensorFile()
                .ramp("base_model.model.m.lora_A.weight", List.of(2, 3), 1)
                .ramp("base_model.model.m.lora_B.weight", List.of(4, 2), 1)
                .ramp("base_model.model.m.base_layer.weight", List.of(4, 3), 2),
            "The adapter brings a tensor of its base along, which differs from m.weight"),
        adapter(
            "another library's name",
            new TensorFile().ramp("m.lora_A.weight", List.of(2, 3), 1),
            "This is no name of a tensor in a PEFT LoRA adapter"),
        adapter(
            "a module that is not listed",
            new TensorFile().ramp("base_model.model.m.weight", List.of(4, 3), 9),
            "The tensor is no factor, and its module is not in modules_to_save"),
        adapter(
            "a saved module of another size",
            new TensorFile().ramp("base_model.model.norm.weight", List.of(4), 1),
            "Expected F32 [3] as in the base, found F32 [4]"),
        adapter(
            "an integer of the base",
            new TensorFile().ramp("base_model.model.norm.ids", List.of(2), 1),
            "The base has no tensor norm.ids for it"),
        new Hostile(
            "a broken adapter file",
            folder -> {
              text(folder, "adapter_config.json", "{'peft_type':'LORA'}");
              text(folder, "adapter_model.safetensors", "\0\0\0\0\0\0\0\1");
            },
            "The header claims"));
  }

  static Stream<Hostile> sparse() {
    float[] values = {1, 2};
    return Stream.of(
        sparse("no values", new TensorFile().i64("m.weight.indices", 1, 2), "The sparse delta has"),
        sparse(
            "no indices",
            new TensorFile().f32("m.weight.values", List.of(2), values),
            "The sparse delta has no m.weight.indices"),
        sparse(
            "a tensor of neither kind",
            new TensorFile().f32("m.weight", List.of(2), values),
            "A sparse delta holds only tensors that end with .indices or .values"),
        pair("beyond the end", new long[] {1, 12}, "Index 12, at place 1, is outside of the base"),
        pair("negative", new long[] {-1, 2}, "Index -1, at place 0, is outside of the base"),
        pair("2^40", new long[] {1, 1L << 40}, "Index 1099511627776, at place 1, is outside"),
        pair("descending", new long[] {5, 4}, "Index 4, at place 1, does not come after 5"),
        pair("twice", new long[] {5, 5}, "Index 5, at place 1, does not come after 5"),
        pair("another count", new long[] {5}, "Indices and values must have one dimension and"),
        sparse(
            "two dimensions",
            new TensorFile()
                .f32("m.weight.values", List.of(2, 1), values)
                .i64("m.weight.indices", 1, 2),
            "Indices and values must have one dimension and the same length"),
        sparse(
            "floating indices",
            new TensorFile()
                .f32("m.weight.values", List.of(2), values)
                .f32("m.weight.indices", List.of(2), values),
            "The indices are F32 [2], not I64 or I32"),
        sparse(
            "whole values",
            new TensorFile().i64("m.weight.values", 1, 2).i64("m.weight.indices", 1, 2),
            "The values are I64 [2], not floating"),
        sparse(
            "more than there are elements",
            new TensorFile()
                .ramp("norm.weight.values", List.of(4), 1)
                .i64("norm.weight.indices", 0, 1, 2, 3),
            "There are 4 indices, but the base's tensor has only 3 elements"),
        sparse(
            "whole numbers of the base",
            new TensorFile().f32("ids.values", List.of(2), values).i64("ids.indices", 0, 1),
            "The base's tensor is I64 [2], not floating"),
        sparse(
            "no such tensor",
            new TensorFile().f32("x.values", List.of(2), values).i64("x.indices", 0, 1),
            "The base lacks a tensor that the sparse delta changes"),
        new Hostile(
            "an unknown kind",
            folder ->
                new TensorFile()
                    .metadata(ExpertKind.METADATA, "pickle")
                    .write(folder.resolve("model.safetensors")),
            "The metadata gives an unknown merge-to-mix.kind, \"pickle\""));
  }

  private static Hostile index(String name, String json, String what) {
    return new Hostile(name, folder -> text(folder, ShardIndex.NAME, json), what);
  }

  private static Hostile shard(String file, String flaw) {
    String name = file.length() > 50 ? "a long name" : "shard " + file;
    return new Hostile(
        name,
        folder -> text(folder, ShardIndex.NAME, "{'weight_map':{'m.weight':'%s'}}".formatted(file)),
        "The file name \"",
        flaw);
  }

  private static Hostile config(String name, String json, String what) {
    return new Hostile(
        name,
        folder -> {
          text(folder, "adapter_config.json", json);
          new TensorFile()
              .ramp(A, List.of(8, 3), 1)
              .ramp(B, List.of(4, 8), 1)
              .write(folder.resolve("adapter_model.safetensors"));
        },
        what);
  }

  private static Hostile lora(String field, String what) {
    return config(field, "{'peft_type':'LORA',%s}".formatted(field), what);
  }

  private static Hostile adapter(String name, TensorFile tensors, String what) {
    return new Hostile(
        name,
        folder -> {
          text(
              folder,
              "adapter_config.json",
              "{'peft_type':'LORA','r':2,'modules_to_save':['norm']}");
          tensors.write(folder.resolve("adapter_model.safetensors"));
        },
        what);
  }

  private static Hostile factors(String name, List<Integer> a, List<Integer> b, String what) {
    return adapter(name, new TensorFile().ramp(A, a, 1).ramp(B, b, 1), what);
  }

  private static Hostile sparse(String name, TensorFile tensors, String what) {
    return new Hostile(
        name,
        folder ->
            tensors
                .metadata(ExpertKind.METADATA, "sparse-delta")
                .write(folder.resolve("model.safetensors")),
        what);
  }

  private static Hostile pair(String name, long[] indices, String what) {
    return sparse(
        name,
        new TensorFile().f32("m.weight.values", List.of(2), 1, 2).i64("m.weight.indices", indices),
        what);
  }

  /** Single quotes stand for double ones. */
  private static void text(Path folder, String name, String text) throws IOException {
    Files.write(folder.resolve(name), text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static long size(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static long allocatedBytes() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}
