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
import org.mergetomix.tensor.TensorNames;

/**
 * A folder as Hugging Face writes it, and which of its files count.
 *
 * @param boundary what is inside the folder
 */
public record CheckpointFolder(FolderBoundary boundary) {

  private static final String SNAPSHOTS = "snapshots";

  /** How the hub's cache begins the name of a model's folder. */
  private static final String CACHED = "models--";

  private static final String GGUF = ".gguf";

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

  /**
   * Refuses a folder that holds two models, for it is not clear which one is meant: an index that
   * was left beside the single file of a later save, or the other way round.
   *
   * @throws UserException if it does, or the index breaks a rule
   */
  void refuseTwoModels() {
    if (has(ShardIndex.NAME)
        && has(SINGLE)
        && !ShardIndex.read(boundary.inside(ShardIndex.NAME)).files().contains(SINGLE)) {
      throw UserException.input(
          "The folder has a %s and a %s that does not name it: two models"
              .formatted(SINGLE, ShardIndex.NAME),
          boundary.folder().toString(),
          "transformers reads %s. Delete the index and its shards if that is the newer; otherwise"
                  .formatted(SINGLE)
              + " delete %s".formatted(SINGLE));
    }
  }

  /** Whether there is a PEFT adapter, or a part of one. */
  public boolean holdsAdapter() {
    return has(ADAPTER_CONFIG) || has(ADAPTER);
  }

  /** Whether a single file, without an index, holds all tensors of a model. */
  public boolean isOfOneFile() {
    return has(SINGLE) && !has(ShardIndex.NAME);
  }

  /**
   * The files that decide what the folder means, by their names in it: index and shards, or the
   * single file; and an adapter's two files. Everything else does not count.
   *
   * @throws UserException if there are none, or the index breaks a rule
   */
  SortedMap<String, Path> files() {
    SortedMap<String, Path> files = new TreeMap<>();
    refuseTwoModels();
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

  /** Says what the folder lacks, and names what it has instead. */
  UserException nothingToRead() {
    List<String> models = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(boundary.folder())) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (Pickles.isOne(file) && name.contains("model")) {
          Pickles.refuse(file);
        }
        if (name.endsWith(GGUF)) {
          return UserException.input(
              "The folder has a GGUF file, whose weights are mostly quantised, and no %s"
                  .formatted(SINGLE),
              file.toString(),
              "Give the folder that the GGUF file was made from");
        }
        if (Files.isDirectory(file) && holds(file)) {
          models.add(name);
        }
      }
    } catch (IOException failure) {
      return (UserException) FileProblems.reading(boundary.folder(), failure);
    } catch (UserException pickle) {
      return pickle;
    }
    return elsewhere(models);
  }

  private static boolean holds(Path folder) {
    return Files.isDirectory(folder.resolve(SNAPSHOTS))
        || Stream.of(ShardIndex.NAME, SINGLE, ADAPTER)
            .anyMatch(name -> Files.exists(folder.resolve(name)));
  }

  /**
   * Where the model is, if it is not here.
   *
   * @param below folders in this one that hold something
   */
  private UserException elsewhere(List<String> below) {
    String here = boundary.folder().toString();
    if (has(SNAPSHOTS)) {
      return UserException.input(
          "The folder is a hub's cache of a model, not the model",
          here,
          "Give one of the folders under " + SNAPSHOTS);
    }
    if (!below.isEmpty()) {
      return UserException.input(
          "The folder holds no model or adapter itself, but folders with one: "
              + String.join(", ", below.stream().sorted().map(TensorNames::shown).toList()),
          here,
          below.get(0).startsWith(CACHED)
              ? "It is a hub's cache: give one of the folders under %s of a model"
                  .formatted(SNAPSHOTS)
              : "Give the one that is meant; PEFT writes a named adapter into a folder of its name,"
                  + " and a trainer each of its checkpoints");
    }
    return UserException.input(
        "The folder has no %s, no %s and no %s".formatted(ShardIndex.NAME, SINGLE, ADAPTER),
        here,
        "Give the folder that save_pretrained wrote, or a safetensors file");
  }
}
