package org.mergetomix.manifest;

import java.nio.file.Path;
import java.util.List;
import org.mergetomix.data.RowColumns;
import org.mergetomix.location.Location;

/**
 * A manifest before its datasets are known: one corpus in their place. Immutable.
 *
 * @param file where the manifest itself lies
 * @param base the model that everything starts from
 * @param corpus the rows that datasets are to be made of, in a file, a folder or a glob
 * @param columns what the columns of its rows are called
 * @param tasks as in {@link Manifest}
 * @param harness as in {@link Manifest}
 */
public record UndividedManifest(
    Location file,
    Manifest.Base base,
    Location corpus,
    RowColumns columns,
    List<Manifest.TaskEntry> tasks,
    List<Manifest.HarnessEntry> harness) {

  public UndividedManifest {
    tasks = List.copyOf(tasks);
    harness = List.copyOf(harness);
  }

  /**
   * Reads a manifest whose key {@code corpus} has {@code data} and the names of columns; it has no
   * datasets.
   *
   * @param copy the same file on this machine
   * @throws org.mergetomix.problem.UserException as {@link Manifest#read(Location, Path)}
   */
  public static UndividedManifest read(Location file, Path copy) {
    return ManifestReader.readUndivided(file, copy);
  }

  /** The manifest with these datasets. */
  public Manifest divided(Location written, List<Manifest.DatasetEntry> datasets) {
    return new Manifest(written, base, datasets, tasks, harness);
  }
}
