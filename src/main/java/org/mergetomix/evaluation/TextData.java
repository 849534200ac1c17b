package org.mergetomix.evaluation;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.DataRows;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Example;
import org.mergetomix.data.ExampleRows;
import org.mergetomix.data.RowColumns;
import org.mergetomix.problem.UserException;

/**
 * Data and how a model reads it.
 *
 * @param files one or more, on this host
 * @param columns what the columns of rows are called
 * @param tokenizer how text becomes tokens
 * @param context how many tokens the model sees at once
 */
public record TextData(
    List<DataFile> files, RowColumns columns, TokenizerSource tokenizer, int context)
    implements Serializable {

  public TextData {
    files = List.copyOf(files);
  }

  /** A file whose columns are called by what they hold. */
  public TextData(String path, TokenizerSource tokenizer, int context) {
    this(List.of(DataFile.of(Path.of(path))), RowColumns.UNSAID, tokenizer, context);
  }

  /**
   * The windows of all examples that a model is trained on, in their order.
   *
   * @throws UserException if data or tokenizer cannot be used
   */
  public TrainingWindows training() {
    return training(rows());
  }

  /** The same of some of the rows. */
  TrainingWindows training(List<Placed<Example>> examples) {
    List<TokenWindow> windows = new ArrayList<>();
    try (Tokenizer opened = tokenizer.open()) {
      for (int example = 0; example < examples.size(); example++) {
        windows.addAll(opened.trained(example, examples.get(example), context));
      }
      if (windows.isEmpty()) {
        throw UserException.input(
            "Nothing of the data is trained on", files.get(0).name(), "Give it longer texts");
      }
      return new TrainingWindows(windows, opened.padding());
    }
  }

  /**
   * All rows, in their order.
   *
   * @throws UserException if the data cannot be used
   */
  List<Placed<Example>> rows() {
    return ExampleRows.read(files, columns).rows();
  }

  /**
   * The first examples as a model is trained on them. All are read, for their counts.
   *
   * @param count how many, 1 or more
   * @throws UserException as {@link #training}
   */
  public TrainingSample sample(int count) {
    DataRows<Example> read = ExampleRows.read(files, columns);
    List<TrainingSample.Row> rows = new ArrayList<>();
    try (Tokenizer opened = tokenizer.open()) {
      for (Placed<Example> example : read.rows().stream().limit(count).toList()) {
        List<List<TrainingSample.Token>> windows =
            opened.trained(rows.size(), example, context).stream()
                .map(window -> tokens(opened, window))
                .toList();
        rows.add(new TrainingSample.Row(example.place().where(), windows));
      }
    }
    return new TrainingSample(rows, read.counts());
  }

  private static List<TrainingSample.Token> tokens(Tokenizer tokenizer, TokenWindow window) {
    List<TrainingSample.Token> tokens = new ArrayList<>();
    tokens.add(
        new TrainingSample.Token(tokenizer.text(window.input(0)), TrainingSample.Part.CONTEXT));
    for (int position = 0; position < window.length(); position++) {
      tokens.add(
          new TrainingSample.Token(
              tokenizer.text(window.target(position)),
              window.asks(position) ? TrainingSample.Part.TRAINED : TrainingSample.Part.CONTEXT));
    }
    return List.copyOf(tokens);
  }

  /**
   * What a model is trained on.
   *
   * @param windows the windows
   * @param padding the token that fills a batch up
   */
  public record TrainingWindows(List<TokenWindow> windows, int padding) {

    public TrainingWindows {
      windows = List.copyOf(windows);
    }
  }
}
