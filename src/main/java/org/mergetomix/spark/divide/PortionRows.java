package org.mergetomix.spark.divide;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.DataForm;
import org.mergetomix.data.SliceRows;
import org.mergetomix.location.Location;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.Closing;
import org.mergetomix.problem.UserException;

/** The rows of a portion, read as they are asked for; a file that fails is a row that does. */
final class PortionRows implements Iterator<CorpusRow>, AutoCloseable {

  private final Portion portion;
  private final RowReading.Reader reader;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private Optional<SliceRows> rows = Optional.empty();
  private Optional<CorpusRow> next;

  PortionRows(Portion portion, InputAccess access, RowReading reading) {
    this.portion = portion;
    this.reader = reading.reader();
    if (TaskContext.get() != null) {
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close());
    }
    CorpusRow failure =
        reader.read(
            portion.id(portion.from()),
            () -> {
              InputFiles files = access.open();
              opened.add(files);
              SliceRows slice = open(files);
              opened.add(0, slice);
              rows = Optional.of(slice);
              return new CorpusRow.Empty(0);
            });
    next = rows.isPresent() ? advance() : Optional.of(failure);
  }

  private SliceRows open(InputFiles files) {
    return new SliceRows(file(files, portion.file()), portion.from(), portion.to());
  }

  /** A file of a corpus, as it is on this machine. */
  static DataFile file(InputFiles files, Location file) {
    return new DataFile(files.fetch(file, "").toString(), file.text(), DataForm.of(file.name()));
  }

  private Optional<CorpusRow> advance() {
    SliceRows slice = rows.orElseThrow();
    try {
      if (!slice.next()) {
        close();
        return Optional.empty();
      }
    } catch (UserException failure) {
      rows = Optional.empty();
      return Optional.of(new CorpusRow.Refused(portion.id(slice.position()), failure.problems()));
    }
    long id = portion.id(slice.position());
    return Optional.of(reader.read(id, () -> slice.read(row -> reader.row(id, row))));
  }

  @Override
  public boolean hasNext() {
    return next.isPresent();
  }

  @Override
  public CorpusRow next() {
    CorpusRow row = next.orElseThrow(NoSuchElementException::new);
    next = rows.isPresent() ? advance() : Optional.empty();
    return row;
  }

  @Override
  public void close() {
    List<AutoCloseable> all = List.copyOf(opened);
    opened.clear();
    Closing.all(all);
  }
}
