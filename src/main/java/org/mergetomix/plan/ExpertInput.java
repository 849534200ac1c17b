package org.mergetomix.plan;

import java.io.Serializable;
import java.nio.file.Path;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.expert.ExpertPolicy;

/**
 * An expert that the run reads, and how it is to be read.
 *
 * @param input the file or folder
 * @param policy what to make of its names and tensors
 */
public record ExpertInput(FileInput input, ExpertPolicy policy) implements Serializable {

  /** The same on this host. */
  public ExpertInput fetched(InputFiles files) {
    return new ExpertInput(input.fetched(files), policy);
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
    return policy.equals(ExpertPolicy.STRICT) ? digest() : digest() + " " + policy;
  }
}
