package org.mergetomix.plan;

import java.io.Serializable;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.evaluation.TaskData;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.evaluation.TokenizerSource;

/**
 * A text that the run reads, and how a model reads it.
 *
 * @param input the file, one example a line
 * @param tokenizer how text becomes tokens
 * @param context how many tokens the model sees at once
 */
public record TextInput(FileInput input, TokenizerSource tokenizer, int context)
    implements Serializable {

  /** The same on this host. */
  public TextInput fetched(InputFiles files) {
    return new TextInput(input.fetched(files), tokenizer.fetched(files), context);
  }

  /** The text of a fetched input. */
  public TextData text() {
    return new TextData(input.file().toString(), tokenizer, context);
  }

  /** The same as the data of a task. */
  public TaskData data() {
    return new TaskData(text(), digest());
  }

  String path() {
    return input.path();
  }

  /** The sha256 of its contents, in hex. */
  public String digest() {
    return input.digest();
  }
}
