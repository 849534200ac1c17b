package org.mergetomix.model;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.mergetomix.folder.FuzzedFolder;

/**
 * Whatever a tokenizer.json holds, its vocabulary is counted or it is refused with a message.
 * CONTRIBUTING says how to look for more inputs than those that are kept.
 */
public class TokenizerSizeFuzz {

  private static final FuzzedFolder FOLDER = new FuzzedFolder();

  /** The input is the file. */
  @FuzzTest(maxDuration = "10m")
  public void anyTokenizerIsCountedOrRefused(byte[] tokenizer) throws IOException {
    FOLDER.write(TokenizerFiles.TOKENIZER, tokenizer);
    FuzzedFolder.readOrRefuse(
        () -> {
          TokenizerFiles files = TokenizerFiles.read(FOLDER.path());
          files.mismatch(1);
          if (files.vocabulary() < 1) {
            throw new AssertionError("An empty vocabulary was counted: " + files);
          }
        });
  }
}
