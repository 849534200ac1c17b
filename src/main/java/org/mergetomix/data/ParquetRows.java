package org.mergetomix.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.mergetomix.problem.FileFailure;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;

/** Reads the rows of a Parquet file with Parquet's own reader, a row group at a time. */
final class ParquetRows {

  private final DataFile file;

  ParquetRows(DataFile file) {
    this.file = file;
  }

  /** Something of Parquet that may fail. */
  private interface Step<T> {
    T take() throws IOException;
  }

  void forEach(Consumer<DataRow> use) {
    if (file.form().compression() != DataForm.Compression.NONE) {
      throw UserException.input(
          "A Parquet file that is compressed as a whole cannot be read",
          file.name(),
          "Decompress it: Parquet compresses by itself");
    }
    FileProblems.requireRegularFile(file.file());
    try (ParquetFileReader reader =
        attempt(() -> ParquetFileReader.open(new LocalInputFile(file.file())))) {
      MessageType schema = reader.getFileMetaData().getSchema();
      MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
      long number = 1;
      for (PageReadStore pages = attempt(reader::readNextRowGroup);
          pages != null;
          pages = attempt(reader::readNextRowGroup)) {
        PageReadStore group = pages;
        RecordReader<Group> records =
            attempt(() -> columns.getRecordReader(group, new GroupRecordConverter(schema)));
        for (long left = group.getRowCount(); left > 0; left--) {
          ObjectNode fields = attempt(() -> ParquetValues.object(records.read()));
          use.accept(new DataRow(new RowPlace(file.name(), RowPlace.Unit.ROW, number++), fields));
        }
      }
    } catch (IOException failure) {
      throw damaged(failure);
    }
  }

  /** Parquet tells of damage by exceptions of many kinds. */
  private <T> T attempt(Step<T> step) {
    try {
      return step.take();
    } catch (IOException failure) {
      if (FileFailure.of(failure) == FileFailure.DENIED) {
        throw FileProblems.reading(file.file(), failure);
      }
      throw damaged(failure);
    } catch (RuntimeException failure) {
      throw damaged(failure);
    }
  }

  private UserException damaged(Exception failure) {
    String reason = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    return UserException.input(
        "The Parquet file is damaged: " + reason, file.name(), "Write it again", failure);
  }
}
