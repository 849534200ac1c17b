package org.mergetomix.folder;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.Pickles;

/**
 * A folder as Hugging Face writes it, and which of its files count.
 *
 * @param boundary what is inside the folder
 */
public record CheckpointFolder(FolderBoundary boundary) {

  private static final String SNAPSHOTS = "snapshots";

  static final String SINGLE = "model.safetensors";

  /** What an adapter's configuration is called. */
  public static final String ADAPTER_CONFIG = "adapter_config.json";

  /** What an adapter's tensors are called. */
  public static final String ADAPTER = "adapter_model.safetensors";

  /** A folder; what is in it is looked at when it is asked for. */
  public static CheckpointFolder of(Path folder) {
    return new CheckpointFolder(FolderBoundary.of(folder));
  }

  /** Whether the folder has a file of this name, as itself or as a link. */
  public boolean has(String name) {
    return Files.exists(boundary.folder().resolve(name));
  }

  /** Whether there is a whole model, or a delta of one. */
  public boolean holdsModel() {
    return has(ShardIndex.NAME) || has(SINGLE);
  }

  /** The file that is written last: where it is, the folder is whole. */
  public Optional<String> deciding() {
    return Stream.of(ShardIndex.NAME, SINGLE, ADAPTER).filter(this::has).findFirst();
  }

  /** Whether there is a PEFT adapter, or a part of one. */
  public boolean holdsAdapter() {
    return has(ADAPTER_CONFIG) || has(ADAPTER);
  }

  /**
   * The files that decide what the folder means, by their names in it: index and shards, or the
   * single file; and an adapter's two files. Everything else does not count.
   *
   * @throws UserException if there are none, or the index breaks a rule
   */
  SortedMap<String, Path> files() {
    SortedMap<String, Path> files = new TreeMap<>();
    if (has(ShardIndex.NAME)) {
      Path index = boundary.inside(ShardIndex.NAME);
      files.put(ShardIndex.NAME, index);
      for (String shard : ShardIndex.read(index).files()) {
        files.put(shard, boundary.safetensors(shard, index.toString()));
      }
    } else if (has(SINGLE)) {
      files.put(SINGLE, boundary.inside(SINGLE));
    }
    for (String name : List.of(ADAPTER_CONFIG, ADAPTER)) {
      if (has(name)) {
        files.put(name, boundary.inside(name));
      }
    }
    if (files.isEmpty()) {
      throw nothingToRead();
    }
    return files;
  }

  /** The folder's own safetensors files, by name in ascending order. */
  List<String> safetensors() {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(boundary.folder(), "*.safetensors")) {
      found.forEach(file -> names.add(file.getFileName().toString()));
    } catch (IOException failure) {
      throw FileProblems.reading(boundary.folder(), failure);
    }
    return names.stream().sorted().toList();
  }

  /** Says what the folder lacks, and names pickles that it has instead. */
  UserException nothingToRead() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(boundary.folder())) {
      for (Path file : files) {
        if (Pickles.isOne(file) && file.getFileName().toString().contains("model")) {
          Pickles.refuse(file);
        }
      }
    } catch (IOException failure) {
      return (UserException) FileProblems.reading(boundary.folder(), failure);
    } catch (UserException pickle) {
      return pickle;
    }
    if (has(SNAPSHOTS)) {
      return UserException.input(
          "The folder is a hub's cache of a model, not the model",
          boundary.folder().toString(),
          "Give one of the folders under " + SNAPSHOTS);
    }
    return UserException.input(
        "The folder has no %s, no %s and no %s".formatted(ShardIndex.NAME, SINGLE, ADAPTER),
        boundary.folder().toString(),
        "Give the folder that save_pretrained wrote, or a safetensors file");
  }
}
