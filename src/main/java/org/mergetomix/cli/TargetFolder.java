package org.mergetomix.cli;

import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;
import picocli.CommandLine;

/** The option that says where a folder is written. */
final class TargetFolder {

  @CommandLine.Option(
      names = "--to",
      required = true,
      paramLabel = "FOLDER",
      description =
          "The folder to write, which must not exist: of the driver's machine, or in a store as "
              + "s3a://bucket/folder.")
  private String to;

  /** What a user can do who broke off before the folder was complete. */
  String afterInterruption() {
    return "Remove %s, if it is there, before you run the same command again.".formatted(to);
  }

  Location location() {
    try {
      return Location.of(to);
    } catch (IllegalArgumentException malformed) {
      throw UserException.usage("Option --to " + malformed.getMessage(), "", "");
    }
  }
}
