package org.mergetomix.plan;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.data.DataForm;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.Holdout;
import org.mergetomix.evaluation.TaskData;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.evaluation.TokenizerSource;
import org.mergetomix.folder.Digests;

/**
 * Data that the run reads, and how a model reads it.
 *
 * @param path the file, folder or glob as it is shown
 * @param inputs its files, one or more, in the order of their names
 * @param columns what the columns of rows are called
 * @param tokenizer how text becomes tokens
 * @param context how many tokens the model sees at once
 * @param heldOut which of its rows are not trained on; none or one
 */
public record TextInput(
    String path,
    List<DataInput> inputs,
    RowColumns columns,
    TokenizerSource tokenizer,
    int context,
    List<Holdout> heldOut)
    implements Serializable {

  private static final DataForm LINES =
      new DataForm(DataForm.Layout.LINES, DataForm.Compression.NONE);

  public TextInput {
    inputs = List.copyOf(inputs);
    heldOut = List.copyOf(heldOut);
  }

  /** The same on this host. */
  public TextInput fetched(InputFiles files) {
    return new TextInput(
        path,
        inputs.stream().map(input -> input.fetched(files)).toList(),
        columns,
        tokenizer.fetched(files),
        context,
        heldOut);
  }

  /** The same, of which some rows are not trained on. */
  public TextInput holdingOut(Holdout rows) {
    return new TextInput(path, inputs, columns, tokenizer, context, List.of(rows));
  }

  /** What of a fetched input is trained on. */
  public TaskData trained() {
    return new TaskData(
        text(),
        digest(),
        heldOut.stream().map(rows -> new TaskData.Part(rows, TaskSplit.SEARCH)).toList(),
        List.of());
  }

  /** The text of a fetched input. */
  public TextData text() {
    return new TextData(inputs.stream().map(DataInput::data).toList(), columns, tokenizer, context);
  }

  /** The sha256 of its contents, in hex, as {@link Digests#files}. */
  public String digest() {
    return Digests.files(inputs.stream().map(input -> input.file().digest()).toList());
  }

  /** Its contents and how they are understood; the digest alone for a file of lines. */
  public String identity() {
    String forms =
        inputs.stream().map(input -> input.form().toString()).collect(Collectors.joining(" "));
    boolean lines = inputs.stream().allMatch(input -> input.form().equals(LINES));
    String held =
        heldOut.stream().map(rows -> " without " + rows.identity()).collect(Collectors.joining());
    return digest() + (lines ? "" : " " + forms) + columns.identity() + held;
  }
}
