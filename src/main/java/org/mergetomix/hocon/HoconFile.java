package org.mergetomix.hocon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A HOCON file that stands for itself: it includes no other file, and sees neither system
 * properties nor the environment, so what it says does not depend on where it is read.
 */
public final class HoconFile {

  /** Somebody's checkpoint, named by mistake, must not be read into memory. */
  private static final long MAXIMUM_BYTES = 4L << 20;

  private HoconFile() {}

  /**
   * Reads the file and resolves its substitutions from itself.
   *
   * @param name how messages call the file
   * @param file the file
   * @param findings told when the file is missing, unreadable, or not HOCON
   * @return the values with their lines; empty after a problem
   */
  public static Config parse(String name, Path file, Findings findings) {
    findings.announce(name);
    try {
      if (Files.isDirectory(file)) {
        findings.add("This is a folder, not a file", name, "");
      } else if (Files.size(file) > MAXIMUM_BYTES) {
        findings.add(
            "File of " + Files.size(file) + " bytes is too large for HOCON",
            name,
            "Is it the one?");
      } else {
        String text = Files.readString(file);
        Config values = parse(text, name);
        RepeatedKeys.refuse(text, name, findings);
        return values;
      }
    } catch (NoSuchFileException e) {
      findings.add("File does not exist", name, "");
    } catch (CharacterCodingException e) {
      findings.add("File is not UTF-8 text", name, "");
    } catch (IOException e) {
      findings.add("File cannot be read: " + e.getMessage(), name, "");
    } catch (ConfigException.UnresolvedSubstitution e) {
      add(findings, name, e, "The file has to say it itself; the environment is not read");
    } catch (ConfigException e) {
      add(findings, name, e, "");
    }
    return ConfigFactory.empty();
  }

  private static Config parse(String text, String name) {
    ConfigParseOptions options =
        ConfigParseOptions.defaults()
            .setSyntax(ConfigSyntax.CONF)
            .setOriginDescription(name)
            .setIncluder(new IncludeRefusal());
    return ConfigFactory.parseString(text, options).resolve(ConfigResolveOptions.noSystem());
  }

  private static void add(Findings findings, String name, ConfigException e, String remedy) {
    String message = e.getMessage();
    if (e.origin() == null) {
      findings.add(message, name, remedy);
      return;
    }
    String prefix = e.origin().description() + ": ";
    String reason = message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    findings.add(reason.replaceFirst("[.\\s]+$", ""), e.origin(), remedy);
  }
}
