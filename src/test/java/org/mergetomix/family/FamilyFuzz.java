package org.mergetomix.family;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeMap;
import org.mergetomix.folder.FuzzedFolder;

/**
 * Whatever a config.json holds, it describes a model or is refused with a message. CONTRIBUTING
 * says how to look for more inputs than those that are kept.
 */
public class FamilyFuzz {

  private static final FuzzedFolder FOLDER = new FuzzedFolder();

  /** The input is the file. */
  @FuzzTest(maxDuration = "10m")
  public void anyConfigurationIsReadOrRefused(byte[] configuration) throws IOException {
    Path file = FOLDER.write(FamilyReader.FILE, configuration);
    FuzzedFolder.readOrRefuse(
        () -> {
          FamilyReader.refuseQuantised(FOLDER.path());
          Family family = FamilyReader.read(file);
          family.named(family.tensors().keySet()).identity();
          family.mismatches(new TreeMap<>(), "folder");
        });
  }
}
