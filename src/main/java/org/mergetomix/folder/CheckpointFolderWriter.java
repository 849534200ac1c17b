package org.mergetomix.folder;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.safetensors.FileLayout;
import org.mergetomix.safetensors.StoredElements;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSink;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/**
 * Writes a checkpoint as a folder that Hugging Face reads: one {@code model.safetensors}, or shards
 * of a bounded size and their index. The folder appears as a whole with {@link #commit}; closing
 * without it leaves nothing behind. Elements may come in any order, each once. One thread.
 */
public final class CheckpointFolderWriter implements TensorSink, AutoCloseable {

  /** What Hugging Face's own writer takes as the size of a shard: 5 GB. */
  public static final long SHARD_BYTES = 5_000_000_000L;

  /** Bytes of names and metadata, for the folder and for each tensor. */
  private static final long BESIDE_TENSORS = 4096;

  /** Elements that are copied at a time. */
  private static final int CHUNK = 8192;

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Path folder;
  private final Path temporary;
  private final SortedMap<String, TensorSpec> tensors;
  private final SortedMap<String, Shard> shardOf = new TreeMap<>();
  private final List<Shard> shards = new ArrayList<>();
  private final SortedMap<String, Long> missing = new TreeMap<>();

  private CheckpointFolderWriter(Path folder, SortedMap<String, TensorSpec> tensors) {
    this.folder = folder.toAbsolutePath();
    this.temporary = beside(this.folder);
    this.tensors = tensors;
    tensors.forEach((name, spec) -> missing.put(name, spec.elements()));
  }

  private static Path beside(Path folder) {
    return folder.resolveSibling(".%s.%s.tmp".formatted(folder.getFileName(), UUID.randomUUID()));
  }

  /**
   * Begins a folder.
   *
   * @param folder where
   * @param tensors what will be written, by name, of any type; floating ones are rounded once, ties
   *     to even
   * @param metadata what every file shall say about itself
   * @param shardBytes how large a shard may be; a larger tensor has a shard of its own
   * @throws org.mergetomix.problem.UserException if the folder cannot be written
   */
  public static CheckpointFolderWriter begin(
      Path folder,
      SortedMap<String, TensorSpec> tensors,
      Map<String, String> metadata,
      long shardBytes) {
    return begin(folder, tensors, metadata, CheckpointFolder.SINGLE, shardBytes);
  }

  /** Begins the folder of a PEFT adapter, whose tensors are in one file; otherwise as above. */
  public static CheckpointFolderWriter beginAdapter(
      Path folder, SortedMap<String, TensorSpec> tensors, Map<String, String> metadata) {
    return begin(folder, tensors, metadata, CheckpointFolder.ADAPTER, Long.MAX_VALUE);
  }

  private static CheckpointFolderWriter begin(
      Path folder,
      SortedMap<String, TensorSpec> tensors,
      Map<String, String> metadata,
      String single,
      long shardBytes) {
    CheckpointFolderWriter writer = new CheckpointFolderWriter(folder, tensors);
    try {
      Files.createDirectories(writer.temporary);
      writer.openShards(metadata, single, shardBytes);
      return writer;
    } catch (IOException failure) {
      writer.close();
      throw FileProblems.writing(folder, failure);
    } catch (RuntimeException failure) {
      writer.close();
      throw failure;
    }
  }

  /** The most that the tensors of a folder take on disk, however they are sharded. */
  public static long bytes(SortedMap<String, TensorSpec> tensors) {
    // A header a tensor, were each a shard of its own.
    return FileLayout.of(tensors, Map.of()).bytes() + BESIDE_TENSORS * (1 + tensors.size());
  }

  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    Shard shard = shardOf.get(tensor);
    TensorSpec spec = tensors.get(tensor);
    try {
      shard.elements.write(spec, shard.layout.position(spec, offset), source, length);
    } catch (IOException failure) {
      throw FileProblems.writing(folder, failure);
    }
    missing.merge(tensor, (long) -length, Long::sum);
  }

  /** Writes every element of every tensor, all of floating-point types. */
  public void writeAll(TensorSource source) {
    float[] chunk = new float[CHUNK];
    for (TensorSpec tensor : tensors.values()) {
      for (long offset = 0; offset < tensor.elements(); offset += chunk.length) {
        int length = (int) Math.min(chunk.length, tensor.elements() - offset);
        source.read(tensor.name(), offset, chunk, length);
        write(tensor.name(), offset, chunk, length);
      }
    }
  }

  /** Writes whole numbers or truth values; otherwise as {@link #write}. */
  public void writeIntegers(String tensor, long offset, long[] source, int length) {
    Shard shard = shardOf.get(tensor);
    TensorSpec spec = tensors.get(tensor);
    try {
      shard.elements.write(spec, shard.layout.position(spec, offset), source, length);
    } catch (IOException failure) {
      throw FileProblems.writing(folder, failure);
    }
    missing.merge(tensor, (long) -length, Long::sum);
  }

  /** Copies a tensor of whole numbers or truth values as it is. */
  public void copyIntegers(Checkpoint from, TensorSpec tensor) {
    long[] chunk = new long[CHUNK];
    for (long offset = 0; offset < tensor.elements(); offset += CHUNK) {
      int length = (int) Math.min(CHUNK, tensor.elements() - offset);
      from.readIntegers(tensor.name(), offset, chunk, length);
      writeIntegers(tensor.name(), offset, chunk, length);
    }
  }

  /** Puts a further file into the folder, or a folder of files, under its own name. */
  public void copy(Path path) {
    try (Stream<Path> copied = Files.walk(path, 1, FileVisitOption.FOLLOW_LINKS)) {
      Path target = temporary.resolve(path.getFileName());
      // A folder comes before what is in it, and is copied without it.
      for (Path file : copied.toList()) {
        Files.copy(file, target.resolve(path.relativize(file)));
      }
    } catch (IOException failure) {
      throw FileProblems.writing(folder, failure);
    }
  }

  /** Puts a further text file into the folder. */
  public void write(String fileName, String text) {
    try {
      Files.writeString(temporary.resolve(fileName), text);
    } catch (IOException failure) {
      throw FileProblems.writing(folder, failure);
    }
  }

  /**
   * Makes the folder appear, whole; there must be none with anything in it.
   *
   * @throws IllegalStateException if some elements were not written
   */
  public void commit() {
    finish();
    try {
      Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw FileProblems.writing(folder, failure);
    }
  }

  /** As {@link #commit}, in place of the folder that is there, if one is. */
  public void commitOver() {
    if (!Files.exists(folder)) {
      commit();
      return;
    }
    finish();
    Path old = beside(folder);
    try {
      Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
      Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
      delete(old);
    } catch (IOException failure) {
      throw FileProblems.writing(folder, failure);
    }
  }

  private void finish() {
    missing.forEach(
        (tensor, count) -> {
          if (count != 0) {
            throw new IllegalStateException(
                "%s elements of %s were not written once".formatted(count, tensor));
          }
        });
    try {
      if (shards.size() > 1) {
        write(ShardIndex.NAME, JSON.writeValueAsString(index()) + "\n");
      }
      for (Shard shard : shards) {
        shard.channel.force(true);
        shard.channel.close();
      }
    } catch (IOException failure) {
      throw FileProblems.writing(folder, failure);
    }
  }

  /** Removes what was not committed. */
  @Override
  public void close() {
    try {
      for (Shard shard : shards) {
        shard.channel.close();
      }
      delete(temporary);
    } catch (IOException failure) {
      throw FileProblems.writing(folder, failure);
    }
  }

  private static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (Stream<Path> files = Files.walk(tree)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private Map<String, Object> index() {
    Map<String, String> weightMap = new TreeMap<>();
    shardOf.forEach((tensor, shard) -> weightMap.put(tensor, shard.name));
    long total = tensors.values().stream().mapToLong(TensorSpec::bytes).sum();
    Map<String, Object> index = new TreeMap<>();
    index.put("metadata", Map.of("total_size", total));
    index.put("weight_map", weightMap);
    return index;
  }

  private void openShards(Map<String, String> metadata, String single, long shardBytes)
      throws IOException {
    List<SortedMap<String, TensorSpec>> groups = groups(shardBytes);
    for (int i = 0; i < groups.size(); i++) {
      String name =
          groups.size() == 1
              ? single
              : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, groups.size());
      FileChannel channel =
          FileChannel.open(
              temporary.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      Shard shard =
          new Shard(
              name,
              channel,
              FileLayout.of(groups.get(i), metadata),
              new StoredElements(channel, folder.resolve(name).toString()));
      shards.add(shard);
      shard.elements.writeHeader(shard.layout.header());
      groups.get(i).keySet().forEach(tensor -> shardOf.put(tensor, shard));
    }
  }

  /** In the order of names, a new group whenever the next tensor would not fit. */
  private List<SortedMap<String, TensorSpec>> groups(long shardBytes) {
    List<SortedMap<String, TensorSpec>> groups = new ArrayList<>();
    groups.add(new TreeMap<>());
    long bytes = 0;
    for (TensorSpec spec : tensors.values()) {
      SortedMap<String, TensorSpec> group = groups.get(groups.size() - 1);
      if (!group.isEmpty() && bytes + spec.bytes() > shardBytes) {
        group = new TreeMap<>();
        groups.add(group);
        bytes = 0;
      }
      group.put(spec.name(), spec);
      bytes += spec.bytes();
    }
    return groups;
  }

  private record Shard(
      String name, FileChannel channel, FileLayout layout, StoredElements elements) {}
}
