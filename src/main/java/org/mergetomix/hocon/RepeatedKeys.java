package org.mergetomix.hocon;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds keys that one text gives a value twice, of which the library silently takes the last. A
 * group may come in several parts, and a value may go on from the one before ({@code +=}, or a
 * substitution at its beginning). The text has been parsed, so it is well formed.
 */
final class RepeatedKeys {

  /** Strings, substitutions, signs, words; blanks and comments are left out. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?:#|//)[^\\n]*|(\"\"\"(?s:.*?)\"\"\"+|\"(?:[^\"\\\\\\n]|\\\\.)*\"|\\$\\{[^}\\n]*}"
              + "|\\+=|\\n|[^\\s\"#$={}\\[\\],:+/]+|\\S)");

  private static final Token END = new Token("", 0);

  private final ConfigOrigin file;
  private final Findings findings;
  private final List<Token> tokens = new ArrayList<>();
  private int next;

  private record Token(String text, int line) {

    /** Whether a group or list ends here; so does everything at the end of the text. */
    boolean closes(String bracket) {
      return text.equals(bracket) || text.isEmpty();
    }
  }

  private RepeatedKeys(String name, Findings findings) {
    this.file = ConfigOriginFactory.newSimple(name);
    this.findings = findings;
  }

  /**
   * Reports each key that is given again.
   *
   * @param name how messages call the text
   */
  static void refuse(String text, String name, Findings findings) {
    RepeatedKeys keys = new RepeatedKeys(name, findings);
    keys.split(text);
    keys.members(List.of(), new HashMap<>());
  }

  private void split(String text) {
    Matcher matcher = TOKEN.matcher(text);
    int line = 1;
    int counted = 0;
    while (matcher.find()) {
      for (; counted < matcher.start(); counted++) {
        line += text.charAt(counted) == '\n' ? 1 : 0;
      }
      if (matcher.group(1) != null) {
        tokens.add(new Token(matcher.group(1), line));
      }
    }
  }

  private Token take() {
    int place = next++;
    return place < tokens.size() ? tokens.get(place) : END;
  }

  /** What is in braces, or the whole text, up to its end. */
  private void members(List<String> group, Map<List<String>, Integer> seen) {
    StringBuilder key = new StringBuilder();
    for (Token token = take(); !token.closes("}"); token = take()) {
      switch (token.text()) {
        case "=", ":", "+=" -> value(path(group, key), token.text(), seen);
        case "{" -> members(path(group, key), seen);
        case "[" -> elements(group);
        case "\n", "," -> key.setLength(0);
        default -> key.append(token.text());
      }
      if ("=:+={[".contains(token.text())) {
        key.setLength(0);
      }
    }
  }

  /** The value of a key, up to the comma, the line's end or the brace after it. */
  private void value(List<String> path, String sign, Map<List<String>, Integer> seen) {
    boolean begun = false;
    for (Token token = take(); !token.text().equals(","); token = take()) {
      if (token.closes("}")) {
        next--;
        return;
      }
      if (token.text().equals("\n")) {
        if (begun) {
          return;
        }
        continue;
      }
      if (token.text().equals("{")) {
        members(path, seen);
      } else {
        boolean replaces = !begun && !sign.equals("+=") && !token.text().startsWith("${");
        Optional<Integer> first = Optional.ofNullable(seen.get(path));
        seen.put(path, token.line());
        if (replaces && first.isPresent()) {
          findings.add(
              ConfigUtil.joinPath(path) + " is given twice",
              List.of(file.withLineNumber(first.get()), file.withLineNumber(token.line())),
              "Leave one of them out");
        }
        if (token.text().equals("[")) {
          elements(path);
        }
      }
      begun = true;
    }
  }

  /** What is in brackets, up to the closing one; each group in them has keys of its own. */
  private void elements(List<String> list) {
    for (Token token = take(); !token.closes("]"); token = take()) {
      switch (token.text()) {
        case "{" -> members(list, new HashMap<>());
        case "[" -> elements(list);
        default -> {}
      }
    }
  }

  private static List<String> path(List<String> group, StringBuilder key) {
    List<String> path = new ArrayList<>(group);
    if (!key.isEmpty()) {
      path.addAll(ConfigUtil.splitPath(key.toString()));
    }
    return path;
  }
}
