package org.mergetomix.location;

import java.util.Optional;

/** Looks at what locations name, without reading it. */
public interface Readability {

  /**
   * Why a file cannot be used, as the end of a sentence that begins with it ({@code "does not
   * exist"}); empty when it is a readable file with something in it.
   *
   * @throws org.mergetomix.problem.UserException if its store cannot be asked
   */
  Optional<String> complaint(Location file);

  /** Why neither a file nor a folder can be used, in the same words. */
  Optional<String> complaintOfFileOrFolder(Location location);

  /** Whether there is a file or folder. */
  boolean exists(Location location);
}
