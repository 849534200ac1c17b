package org.mergetomix.search;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * A file of mixtures: one a line, as {@code es+fr} or {@code es:0.5+fr:0.3+it:0.2}. Blank lines and
 * those that begin with {@code #} are passed over.
 *
 * @param lines by mixture, in the order of the file: the line that it stands in, from 1
 */
public record MixtureFile(Location location, Map<Mixture, Integer> lines) {

  private static final String COMMENT = "#";

  public MixtureFile {
    lines = new LinkedHashMap<>(lines);
  }

  /**
   * Reads the file.
   *
   * @param location where it lies, for messages
   * @param copy of it on this machine
   * @throws UserException (input) with every line that is no mixture, or one that is there already
   */
  public static MixtureFile read(Location location, Path copy) {
    Map<Mixture, Integer> mixtures = new LinkedHashMap<>();
    List<Problem> problems = new ArrayList<>();
    int number = 0;
    for (String line : text(location, copy)) {
      number++;
      String id = line.strip();
      if (id.isEmpty() || id.startsWith(COMMENT)) {
        continue;
      }
      String where = where(location, number);
      try {
        Mixture mixture = Mixture.parse(id);
        Optional<Integer> before = Optional.ofNullable(mixtures.putIfAbsent(mixture, number));
        before.ifPresent(
            first ->
                problems.add(
                    new Problem(
                        "The mixture " + mixture + " is in line " + first + " already",
                        where,
                        "Name it once")));
      } catch (UserException wrong) {
        wrong.problems().forEach(one -> problems.add(new Problem(one.what(), where, one.remedy())));
      }
    }
    UserException.inputIfAny(problems);
    if (mixtures.isEmpty()) {
      throw UserException.input(
          "The file of mixtures names none", location.text(), "Write a mixture a line, as es+fr");
    }
    return new MixtureFile(location, mixtures);
  }

  private static List<String> text(Location location, Path copy) {
    try {
      return Files.readAllLines(copy, StandardCharsets.UTF_8);
    } catch (CharacterCodingException malformed) {
      throw UserException.input(
          "The file of mixtures is not UTF-8 text", location.text(), "Convert it", malformed);
    } catch (IOException failure) {
      throw UserException.input(
          "Cannot read the file of mixtures: " + failure.getMessage(),
          location.text(),
          "Make it a readable text file, a mixture a line",
          failure);
    }
  }

  /** Where a mixture stands, for a message. */
  String where(Mixture mixture) {
    return where(location, lines.get(mixture));
  }

  private static String where(Location location, int line) {
    return location.text() + ":" + line;
  }
}
