package org.mergetomix.plan;

import java.io.Serializable;
import java.util.List;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.DataForm;
import org.mergetomix.location.Location;

/**
 * A file of data that the run reads.
 *
 * @param file the file
 * @param name where it lies for its user
 */
public record DataInput(FileInput file, String name) implements Serializable {

  /** A file that is where its user put it. */
  public static DataInput of(FileInput file) {
    return new DataInput(file, file.path());
  }

  /**
   * The files that data consists of, on this host.
   *
   * @throws org.mergetomix.problem.UserException if any cannot be brought here
   */
  public static List<DataFile> fetched(InputFiles files, Location data) {
    return files.dataFiles(data).stream()
        .map(
            file ->
                new DataFile(
                    files.fetch(file, "").toString(), file.text(), DataForm.of(file.name())))
        .toList();
  }

  DataInput fetched(InputFiles files) {
    return new DataInput(file.fetched(files), name);
  }

  /** How it is written. */
  DataForm form() {
    return DataForm.of(name);
  }

  /** The same for whoever reads it; of a fetched input. */
  DataFile data() {
    return new DataFile(file.file().toString(), name, form());
  }
}
