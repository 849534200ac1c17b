package org.mergetomix.folder;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.Complaints;
import org.mergetomix.tensor.Refusal;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSpec;

/**
 * A checkpoint in a folder as Hugging Face writes it: shards and an index that says which holds
 * which tensor, or one {@code model.safetensors}; not both.
 *
 * <p>Every shard that the index names must be there, and hold what the index says. What shards hold
 * beyond that is not part of the checkpoint; it is warned about. Safe for use by several threads.
 */
public final class ShardedCheckpoint implements Checkpoint {

  private static final int NAMED = 3;

  private final Path folder;
  private final SortedMap<String, SafetensorsFile> shards;
  private final SortedMap<String, TensorSpec> tensors;
  private final SortedMap<String, SafetensorsFile> holders;
  private final Map<String, String> metadata;
  private final List<Problem> warnings;

  private ShardedCheckpoint(
      Path folder,
      SortedMap<String, SafetensorsFile> shards,
      SortedMap<String, SafetensorsFile> holders,
      List<Problem> warnings) {
    this.folder = folder;
    this.shards = shards;
    this.holders = holders;
    this.warnings = List.copyOf(warnings);
    SortedMap<String, TensorSpec> specs = new TreeMap<>();
    holders.forEach((tensor, shard) -> specs.put(tensor, shard.tensors().get(tensor)));
    this.tensors = Collections.unmodifiableSortedMap(specs);
    this.metadata = agreed(shards);
  }

  /**
   * Opens a folder; reads the index and the headers of its shards.
   *
   * @throws UserException with every problem of the folder
   */
  public static ShardedCheckpoint open(Path path) {
    CheckpointFolder folder = CheckpointFolder.of(path);
    folder.refuseTwoModels();
    if (folder.has(ShardIndex.NAME)) {
      return openIndexed(folder);
    }
    if (folder.has(CheckpointFolder.SINGLE)) {
      SafetensorsFile file =
          SafetensorsFile.open(folder.boundary().inside(CheckpointFolder.SINGLE));
      SortedMap<String, SafetensorsFile> holders = new TreeMap<>();
      file.tensors().keySet().forEach(tensor -> holders.put(tensor, file));
      return new ShardedCheckpoint(
          path, new TreeMap<>(Map.of(CheckpointFolder.SINGLE, file)), holders, List.of());
    }
    if (folder.holdsAdapter()) {
      throw UserException.input(
          "The folder holds a PEFT adapter, not a whole checkpoint",
          path.toString(),
          "Use it as an expert; a base must be a whole checkpoint");
    }
    throw folder.nothingToRead();
  }

  private static ShardedCheckpoint openIndexed(CheckpointFolder folder) {
    Path indexFile = folder.boundary().inside(ShardIndex.NAME);
    ShardIndex index = ShardIndex.read(indexFile);
    Complaints complaints = new Complaints(indexFile.toString());
    SortedMap<String, Path> files = new TreeMap<>();
    for (String name : index.files()) {
      complaints.gather(
          () -> files.put(name, folder.boundary().safetensors(name, indexFile.toString())));
    }
    files.forEach(
        (name, file) -> {
          if (!Files.exists(file)) {
            complaints.add(
                "The index names a shard that does not exist, " + TensorNames.shown(name),
                indexFile.toString(),
                "Download the missing shard, or the whole checkpoint again");
          }
        });
    complaints.refuseIfAny();
    SortedMap<String, SafetensorsFile> shards = new TreeMap<>();
    try {
      files.forEach(
          (name, file) -> complaints.gather(() -> shards.put(name, SafetensorsFile.open(file))));
      complaints.refuseIfAny();
      SortedMap<String, SafetensorsFile> holders = holders(index, shards, complaints);
      complaints.refuseIfAny();
      return new ShardedCheckpoint(
          folder.boundary().folder(), shards, holders, warnings(folder, indexFile, index, shards));
    } catch (RuntimeException failure) {
      shards.values().forEach(SafetensorsFile::close);
      throw failure;
    }
  }

  private static SortedMap<String, SafetensorsFile> holders(
      ShardIndex index, SortedMap<String, SafetensorsFile> shards, Complaints complaints) {
    SortedMap<String, SafetensorsFile> holders = new TreeMap<>();
    index
        .shards()
        .forEach(
            (tensor, name) -> {
              SafetensorsFile shard = shards.get(name);
              if (shard.tensors().containsKey(tensor)) {
                holders.put(tensor, shard);
              } else {
                complaints.addTensor(
                    "The index places the tensor in %s, which does not have it"
                        .formatted(TensorNames.shown(name)),
                    tensor,
                    "Index and shards do not belong together: download the checkpoint again");
              }
            });
    return holders;
  }

  private static List<Problem> warnings(
      CheckpointFolder folder,
      Path indexFile,
      ShardIndex index,
      SortedMap<String, SafetensorsFile> shards) {
    List<Problem> warnings = new ArrayList<>();
    index.remarks().forEach(remark -> warnings.add(new Problem(remark, indexFile.toString(), "")));
    shards.forEach(
        (name, shard) -> {
          warn(
              warnings,
              shard.tensors().keySet().stream()
                  .filter(tensor -> !index.shards().containsKey(tensor))
                  .toList(),
              "which the index does not list and which are not used",
              shard);
          warn(
              warnings,
              shard.tensors().keySet().stream()
                  .filter(tensor -> !index.shards().getOrDefault(tensor, name).equals(name))
                  .toList(),
              "which the index places in another shard, where they are read",
              shard);
        });
    if (index.totalSize().isPresent()) {
      long listed = index.totalSize().getAsLong();
      long found =
          index.shards().entrySet().stream()
              .mapToLong(
                  entry -> shards.get(entry.getValue()).tensors().get(entry.getKey()).bytes())
              .sum();
      if (listed != found) {
        warnings.add(
            new Problem(
                "The index gives a total_size of %s bytes, but its tensors have %s"
                    .formatted(listed, found),
                indexFile.toString(),
                ""));
      }
    }
    List<String> unlisted =
        folder.safetensors().stream()
            .filter(name -> !shards.containsKey(name) && !name.equals(CheckpointFolder.ADAPTER))
            .toList();
    if (!unlisted.isEmpty()) {
      warnings.add(
          new Problem(
              "The folder has files that the index does not name and that are not used: "
                  + few(unlisted),
              indexFile.toString(),
              "Remove the index if it is out of date"));
    }
    return warnings;
  }

  private static void warn(
      List<Problem> warnings, List<String> tensors, String what, SafetensorsFile shard) {
    if (!tensors.isEmpty()) {
      warnings.add(
          new Problem(
              "The shard holds tensors %s: %s".formatted(what, few(tensors)), shard.name(), ""));
    }
  }

  private static String few(List<String> names) {
    List<String> shown = names.stream().limit(NAMED).map(TensorNames::shown).toList();
    int more = names.size() - shown.size();
    return String.join(", ", shown) + (more == 0 ? "" : " and %s more".formatted(more));
  }

  private static Map<String, String> agreed(SortedMap<String, SafetensorsFile> shards) {
    Map<String, String> agreed = new TreeMap<>();
    shards.values().stream().limit(1).forEach(first -> agreed.putAll(first.metadata()));
    shards.values().forEach(shard -> agreed.entrySet().retainAll(shard.metadata().entrySet()));
    return Collections.unmodifiableMap(agreed);
  }

  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return tensors;
  }

  /** What all shards say of themselves alike. */
  @Override
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public List<Problem> warnings() {
    return warnings;
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    holder(tensor).read(tensor, offset, destination, length);
  }

  @Override
  public TensorReader reader(String tensor) {
    return holder(tensor).reader(tensor);
  }

  @Override
  public void readIntegers(String tensor, long offset, long[] destination, int length) {
    holder(tensor).readIntegers(tensor, offset, destination, length);
  }

  private SafetensorsFile holder(String tensor) {
    return Optional.ofNullable(holders.get(tensor))
        .orElseThrow(
            () ->
                new Refusal(name())
                    .tensor(
                        tensor,
                        "is not in the checkpoint",
                        "Check which model the folder belongs to"));
  }

  @Override
  public void close() {
    shards.values().forEach(SafetensorsFile::close);
  }

  @Override
  public String toString() {
    return name();
  }
}
