package org.mergetomix.evaluation;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.data.conversation.ModelTemplate;
import org.mergetomix.location.Location;
import org.mergetomix.model.TokenizerFiles;
import org.mergetomix.problem.UserException;

/** Where a tokenizer comes from; it can be sent to another machine. */
public sealed interface TokenizerSource extends Serializable {

  /** What a manifest may call a tokenizer that lies beside no model. */
  List<String> NAMES = List.of(ByteTokenizer.NAME);

  /** How many tokens the tokenizer of bytes has. */
  int BYTES_VOCABULARY = ByteTokenizer.VOCABULARY;

  /** The tokenizer of bytes. */
  TokenizerSource BYTES = new Bytes();

  /** Everything about it that decides tokens: contents, never paths. */
  String identity();

  /**
   * The tokenizer, which the caller closes; of a source that is on this host.
   *
   * @throws UserException if it cannot be used
   */
  Tokenizer open();

  /** The same on this host. */
  TokenizerSource fetched(InputFiles files);

  /** The same on this host, where it reads texts and nothing fetches the weights beside it. */
  TokenizerSource withoutWeights(InputFiles files);

  /** A token for every byte. */
  record Bytes() implements TokenizerSource {

    @Override
    public String identity() {
      return ByteTokenizer.NAME;
    }

    @Override
    public Tokenizer open() {
      return new ByteTokenizer();
    }

    @Override
    public TokenizerSource fetched(InputFiles files) {
      return this;
    }

    @Override
    public TokenizerSource withoutWeights(InputFiles files) {
      return this;
    }
  }

  /**
   * A model folder's {@code tokenizer.json}.
   *
   * @param folder where the folder lies
   * @param promised the sha256 that the manifest gives of the folder; empty when it gives none
   * @param identity what {@link #identity(Path)} was when the run began
   */
  record OfFolder(Location folder, String promised, String identity) implements TokenizerSource {

    /**
     * What decides the tokens of a folder: its tokenizer, and its chat template if there is one.
     */
    public static String identity(Path folder) {
      return TokenizerFiles.read(folder).identity() + ModelTemplate.identity(folder);
    }

    @Override
    public Tokenizer open() {
      if (!identity(folder.path()).equals(identity)) {
        throw UserException.input(
            "The tokenizer changed since the run began", folder.text(), "Start again");
      }
      return ModelTokenizer.open(folder.path());
    }

    @Override
    public TokenizerSource fetched(InputFiles files) {
      return folder.isLocal()
          ? this
          : new OfFolder(Location.of(files.fetch(folder, promised)), promised, identity);
    }

    @Override
    public TokenizerSource withoutWeights(InputFiles files) {
      return new OfFolder(Location.of(files.headers(folder)), promised, identity);
    }
  }
}
