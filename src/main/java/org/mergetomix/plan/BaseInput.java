package org.mergetomix.plan;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.TiedCheckpoint;
import org.mergetomix.family.Family;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.family.TiedNames;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;

/**
 * The base that the run starts from, and how it is to be read.
 *
 * @param input the file or folder
 * @param tied names that stand for one tensor, as manifest or config.json say it
 * @param family what {@link Family#identity()} was when the run began; empty if the base is of no
 *     known family
 */
public record BaseInput(FileInput input, List<TiedNames> tied, String family)
    implements Serializable {

  public BaseInput {
    tied = List.copyOf(tied);
  }

  public BaseInput fetched(InputFiles files) {
    return new BaseInput(input.fetched(files), tied, family);
  }

  public String path() {
    return input.path();
  }

  public Path file() {
    return input.file();
  }

  /** Of the tensors alone, as the manifest may give it. */
  public String digest() {
    return input.digest();
  }

  /** Opens a base on this host, with one tensor for two tied names. */
  public TiedCheckpoint open() {
    return TiedCheckpoint.of(BaseCheckpoint.open(file()), tied);
  }

  /**
   * The policy of an expert with what the base's family says.
   *
   * @param base this, opened
   * @throws UserException if config.json is not what it was when the run began
   */
  public ExpertPolicy policy(ExpertPolicy ofManifest, Checkpoint base) {
    if (family.isEmpty()) {
      return ofManifest;
    }
    Optional<Family> here = FamilyReader.find(file(), base.tensors().keySet());
    if (!here.map(Family::identity).equals(Optional.of(family))) {
      throw UserException.input(
          "config.json changed since the run began", file().toString(), "Start again");
    }
    return ofManifest.with(here.orElseThrow());
  }
}
