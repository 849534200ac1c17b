package org.mergetomix.plan;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.folder.Digests;
import org.mergetomix.folder.TokenizerTokens;

/**
 * An expert that the run reads, and how it is to be read.
 *
 * @param input the file or folder
 * @param policy what to make of its names and tensors
 * @param tokenizer a digest of its tokenizer, where the policy looks at tokens; otherwise empty
 */
public record ExpertInput(FileInput input, ExpertPolicy policy, String tokenizer)
    implements Serializable {

  /**
   * An expert and what decides its delta.
   *
   * @param folder its checkpoint, or a stand-in whose tokenizer is the checkpoint's
   */
  static ExpertInput of(FileInput input, ExpertPolicy policy, Path folder) {
    Path tokenizer = folder.resolve(TokenizerTokens.FILE);
    boolean tokens = policy.vocabulary() != ExpertPolicy.Vocabulary.FAIL && Files.exists(tokenizer);
    return new ExpertInput(input, policy, tokens ? Digests.sha256(tokenizer) : "");
  }

  /** The same on this host. */
  public ExpertInput fetched(InputFiles files) {
    return new ExpertInput(input.fetched(files), policy, tokenizer);
  }

  /** Where it lies, for messages. */
  public String path() {
    return input.path();
  }

  /** The file or folder of a fetched input. */
  public Path file() {
    return input.file();
  }

  /** Of the contents alone, as the manifest may give it. */
  public String digest() {
    return input.digest();
  }

  /** Everything that decides the delta: the contents, and the policy where it is a special one. */
  public String identity() {
    return policy.equals(ExpertPolicy.STRICT)
        ? digest()
        : String.join(" ", digest(), policy.toString(), tokenizer);
  }
}
