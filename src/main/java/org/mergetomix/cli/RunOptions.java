package org.mergetomix.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mergetomix.config.Configuration;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.spark.ManifestAction;
import org.mergetomix.spark.Session;
import picocli.CommandLine.Option;

/** The options that say what a command works on. */
final class RunOptions {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "A configuration overlay, with keys as in reference.conf; repeatable, later files win.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "One configuration key; repeatable, wins over files. manifest and output are keys too.")
  private List<String> settings = new ArrayList<>();

  /** What the user wants. */
  Configuration configuration() {
    return Configuration.load(files, settings);
  }

  /** What the user wants, with some keys given, which only the user's own settings win over. */
  Configuration configuration(List<String> given) {
    List<String> all = new ArrayList<>(given);
    all.addAll(settings);
    return Configuration.load(files, all);
  }

  /** What the user wants, but for some keys, which are these. */
  Configuration changed(List<String> keys) {
    List<String> all = new ArrayList<>(settings);
    all.addAll(keys);
    return Configuration.load(files, all);
  }

  /** What the user has. */
  static Manifest manifest(Session session, Configuration configuration) {
    return new ManifestAction(session.spark(), configuration).run();
  }
}
