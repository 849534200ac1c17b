package org.mergetomix.data.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.mergetomix.data.template.Value.Sequence;
import org.mergetomix.data.template.Value.Text;
import org.mergetomix.data.template.syntax.Fault;
import org.mergetomix.data.template.syntax.Whitespace;

/** The methods that a text has in Python. */
final class TextMethods {

  /** All of Python's, so that one that is not known here is refused and not just undefined. */
  static final Set<String> NAMES =
      Set.of(
          "capitalize",
          "casefold",
          "center",
          "count",
          "encode",
          "endswith",
          "expandtabs",
          "find",
          "format",
          "format_map",
          "index",
          "isalnum",
          "isalpha",
          "isascii",
          "isdecimal",
          "isdigit",
          "isidentifier",
          "islower",
          "isnumeric",
          "isprintable",
          "isspace",
          "istitle",
          "isupper",
          "join",
          "ljust",
          "lower",
          "lstrip",
          "maketrans",
          "partition",
          "removeprefix",
          "removesuffix",
          "replace",
          "rfind",
          "rindex",
          "rjust",
          "rpartition",
          "rsplit",
          "rstrip",
          "split",
          "splitlines",
          "startswith",
          "strip",
          "swapcase",
          "title",
          "translate",
          "upper",
          "zfill");

  private final Meter meter;

  TextMethods(Meter meter) {
    this.meter = meter;
  }

  Value call(String name, String text, Arguments arguments) {
    meter.text(text.length());
    return switch (name) {
      case "strip", "lstrip", "rstrip" ->
          new Text(strip(name, text, arguments.bind(name, "chars")));
      case "upper" -> new Text(none(name, arguments, upper(text)));
      case "lower" -> new Text(none(name, arguments, lower(text)));
      case "title" -> new Text(none(name, arguments, title(text)));
      case "capitalize" -> new Text(none(name, arguments, capitalize(text)));
      case "startswith", "endswith" -> Value.of(begins(name, text, arguments));
      case "split", "rsplit" -> split(name, text, arguments.bind(name, "sep", "maxsplit"));
      case "splitlines" -> texts(splitLines(none(name, arguments, text)));
      case "partition", "rpartition" -> partition(name, text, arguments.bind(name, "sep"));
      case "replace" -> replace(text, arguments.bind(name, "old", "new", "count"));
      case "find", "rfind", "index", "rindex" -> find(name, text, arguments.bind(name, "sub"));
      case "count" -> Value.of(count(text, arguments.bind(name, "sub").requireText("sub")));
      case "join" -> join(text, arguments.bind(name, "iterable").require("iterable"));
      case "removeprefix" -> {
        String prefix = arguments.bind(name, "prefix").requireText("prefix");
        yield new Text(text.startsWith(prefix) ? text.substring(prefix.length()) : text);
      }
      case "removesuffix" -> {
        String suffix = arguments.bind(name, "suffix").requireText("suffix");
        yield new Text(
            text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text);
      }
      case "isspace" -> Value.of(all(none(name, arguments, text), Whitespace::is));
      case "isdigit", "isdecimal", "isnumeric" ->
          Value.of(all(ascii(name, none(name, arguments, text)), Character::isDigit));
      case "isalpha" -> Value.of(all(none(name, arguments, text), Character::isLetter));
      case "isalnum" ->
          Value.of(all(ascii(name, none(name, arguments, text)), Character::isLetterOrDigit));
      case "isupper", "islower" -> Value.of(isCased(name, none(name, arguments, text)));
      case "ljust", "rjust" -> new Text(justify(name, text, arguments.bind(name, "width")));
      default -> throw new Fault("The method " + name + " of a text is not known");
    };
  }

  private static String none(String name, Arguments arguments, String text) {
    arguments.bind(name);
    return text;
  }

  private static String ascii(String name, String text) {
    if (!text.chars().allMatch(character -> character < 0x80)) {
      throw new Fault("The method " + name + " is known for ASCII texts only");
    }
    return text;
  }

  private static boolean all(String text, IntPredicate predicate) {
    return !text.isEmpty() && text.codePoints().allMatch(predicate);
  }

  private static boolean isCased(String name, String text) {
    ascii(name, text);
    boolean upper = name.equals("isupper");
    return text.chars().anyMatch(upper ? Character::isUpperCase : Character::isLowerCase)
        && text.chars().noneMatch(upper ? Character::isLowerCase : Character::isUpperCase);
  }

  static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int rest = text.offsetByCodePoints(0, 1);
    return titleCase(text.codePointAt(0)) + afterFirst(text, rest);
  }

  /** What follows a first letter, in small letters, which may depend on that letter. */
  private static String afterFirst(String text, int rest) {
    if (text.indexOf('\u03a3', rest) >= 0) {
      throw new Fault("Making a title of a text with the letter sigma is not known");
    }
    return lower(text.substring(rest));
  }

  private static String titleCase(int character) {
    String one = Character.toString(character);
    if (upper(one).codePointCount(0, upper(one).length()) != 1) {
      throw new Fault("Making a title of a text with the letter " + one + " is not known");
    }
    return Character.toString(Character.toTitleCase(character));
  }

  private static String title(String text) {
    StringBuilder title = new StringBuilder();
    boolean inWord = false;
    for (int character : ascii("title", text).codePoints().toArray()) {
      title.appendCodePoint(
          inWord ? Character.toLowerCase(character) : Character.toUpperCase(character));
      inWord = Character.isLetter(character);
    }
    return title.toString();
  }

  /** Strips white space, or the given characters, at the ends that {@code name} says. */
  String strip(String name, String text, Arguments.Bound arguments) {
    IntPredicate stripped =
        arguments
            .findText("chars")
            .<IntPredicate>map(
                characters -> {
                  Set<Integer> set =
                      characters.codePoints().boxed().collect(Collectors.toUnmodifiableSet());
                  meter.text((long) characters.length() + text.length());
                  return set::contains;
                })
            .orElse(Whitespace::is);
    int start = 0;
    int end = text.length();
    while (!name.equals("rstrip") && start < end && stripped.test(text.codePointAt(start))) {
      start = text.offsetByCodePoints(start, 1);
    }
    while (!name.equals("lstrip") && start < end && stripped.test(text.codePointBefore(end))) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(start, end);
  }

  private static boolean begins(String name, String text, Arguments arguments) {
    Value wanted = arguments.bind(name, "affix").require("affix");
    List<Value> affixes =
        wanted instanceof Sequence tuple && tuple.kind() == Sequence.Kind.TUPLE
            ? tuple.elements()
            : List.of(wanted);
    return affixes.stream()
        .anyMatch(
            affix -> {
              String one = Arguments.text("affix", name, affix);
              return name.equals("startswith") ? text.startsWith(one) : text.endsWith(one);
            });
  }

  private Value split(String name, String text, Arguments.Bound arguments) {
    long limit = arguments.findWhole("maxsplit").orElse(-1L);
    long most = limit < 0 ? Long.MAX_VALUE : limit;
    boolean fromEnd = name.equals("rsplit");
    List<String> parts =
        arguments
            .findText("sep")
            .map(separator -> Splitting.at(text, separator, most, fromEnd))
            .orElseGet(() -> Splitting.atWhitespace(text, most, fromEnd));
    return texts(parts);
  }

  private Value texts(List<String> parts) {
    meter.elements(parts.size());
    return Sequence.list(parts.stream().map(Text::new).toList());
  }

  /** The lines, without their ends, which are all that Python takes for one. */
  static List<String> splitLines(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      boolean ends =
          (character >= '\n' && character <= '\r')
              || (character >= 0x1c && character <= 0x1e)
              || character == 0x85
              || character == 0x2028
              || character == 0x2029;
      if (ends) {
        lines.add(text.substring(start, i));
        Meter.requireFew(lines);
        if (character == '\r' && text.startsWith("\n", i + 1)) {
          i++;
        }
        start = i + 1;
      }
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }

  private static Value partition(String name, String text, Arguments.Bound arguments) {
    String separator = arguments.requireText("sep");
    if (separator.isEmpty()) {
      throw new Fault("A text cannot be split at an empty text");
    }
    boolean fromEnd = name.equals("rpartition");
    int place = fromEnd ? TextSearch.last(text, separator) : TextSearch.first(text, separator, 0);
    List<String> parts;
    if (place >= 0) {
      parts =
          List.of(text.substring(0, place), separator, text.substring(place + separator.length()));
    } else {
      parts = fromEnd ? List.of("", "", text) : List.of(text, "", "");
    }
    return Sequence.tuple(parts.stream().map(Text::new).toArray(Value[]::new));
  }

  private Value replace(String text, Arguments.Bound arguments) {
    return new Text(
        replace(
            text,
            arguments.requireText("old"),
            arguments.requireText("new"),
            arguments.findWhole("count").orElse(-1L)));
  }

  /** Replaces the first {@code count} places, or all if it is negative. */
  String replace(String text, String old, String replacement, long count) {
    long found = old.isEmpty() ? CodePoints.length(text) + 1L : count(text, old);
    long places = count < 0 ? found : Math.min(count, found);
    meter.text(text.length() + places * ((long) replacement.length() - old.length()));
    if (old.isEmpty() && places > 0 && places < found) {
      throw new Fault("Replacing some of the empty texts within a text is not known");
    }
    if (old.isEmpty()) {
      return places == 0 ? text : between(text, replacement);
    }
    StringBuilder replaced = new StringBuilder();
    int start = 0;
    for (long i = 0; i < places; i++) {
      int place = TextSearch.first(text, old, start);
      replaced.append(text, start, place).append(replacement);
      start = place + old.length();
    }
    return replaced.append(text, start, text.length()).toString();
  }

  /** The replacement before, between and after all characters. */
  private static String between(String text, String replacement) {
    StringBuilder replaced = new StringBuilder(replacement);
    text.codePoints().forEach(character -> replaced.appendCodePoint(character).append(replacement));
    return replaced.toString();
  }

  private static long count(String text, String part) {
    if (part.isEmpty()) {
      return CodePoints.length(text) + 1L;
    }
    long count = 0;
    for (int place = TextSearch.first(text, part, 0);
        place >= 0;
        place = TextSearch.first(text, part, place + part.length())) {
      count++;
    }
    return count;
  }

  private static Value find(String name, String text, Arguments.Bound arguments) {
    String part = arguments.requireText("sub");
    int place =
        name.startsWith("r") ? TextSearch.last(text, part) : TextSearch.first(text, part, 0);
    if (place < 0 && name.endsWith("index")) {
      throw new Fault(name + " finds no such text");
    }
    return Value.of(place < 0 ? -1 : text.codePointCount(0, place));
  }

  private Value join(String separator, Value parts) {
    List<String> texts =
        new Items(meter)
            .elements(parts).stream()
                .map(part -> Arguments.text("iterable", "join", part))
                .toList();
    return new Text(join(separator, texts));
  }

  /** The texts with the separator between them. */
  String join(String separator, List<String> texts) {
    long length = texts.stream().mapToLong(String::length).sum();
    meter.text(length + (long) separator.length() * Math.max(0, texts.size() - 1));
    return String.join(separator, texts);
  }

  private String justify(String name, String text, Arguments.Bound arguments) {
    long missing = Math.max(0, arguments.findWhole("width").orElse(0L) - CodePoints.length(text));
    meter.text(missing);
    String blanks = " ".repeat((int) missing);
    return name.equals("ljust") ? text + blanks : blanks + text;
  }
}
