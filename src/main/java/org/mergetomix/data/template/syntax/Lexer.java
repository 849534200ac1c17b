package org.mergetomix.data.template.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mergetomix.data.template.syntax.Token.Kind;

/**
 * Cuts a template into tokens, with Jinja's {@code trim_blocks} and {@code lstrip_blocks}: the
 * newline after a block, and the blanks before one that begins a line, are not in the output.
 */
final class Lexer {

  private static final int MAX_TOKENS = 50_000;

  private static final String BLANK = "[\\s\\x1c-\\x1f\\x{85}\\p{Z}]";
  private static final Pattern RAW_BEGIN =
      Pattern.compile(BLANK + "*raw" + BLANK + "*(?:-%}" + BLANK + "*|%})");
  private static final Pattern RAW_END =
      Pattern.compile(
          "\\{%([-+]?)" + BLANK + "*+endraw" + BLANK + "*+(?:\\+%}|-%}" + BLANK + "*|%}\\n?)");
  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{Nd}_]*");
  private static final Pattern REAL =
      Pattern.compile("[0-9]+(?:\\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)");
  private static final Pattern WHOLE = Pattern.compile("0+|[1-9][0-9]*");
  private static final Pattern MARK =
      Pattern.compile("//|\\*\\*|[=!<>]=|[-+/*%~()\\[\\]{}<>=.:|,]");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int place;
  private int line = 1;
  private int countedTo;

  /** Whether what came last ended a line, so that blanks before a block are to go. */
  private boolean startsLine = true;

  Lexer(String template) {
    String lines = template.replace("\r\n", "\n").replace('\r', '\n');
    this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
  }

  /** The line that was reached, from 1. */
  int line() {
    return line;
  }

  /**
   * All tokens, the last being the end.
   *
   * @throws Fault if a tag is not closed or has characters that no template knows
   */
  List<Token> tokens() {
    while (place < source.length()) {
      data();
    }
    add(Kind.END, "", place);
    return tokens;
  }

  /** The text up to the next tag, and that tag. */
  private void data() {
    int tag = nextTag();
    if (tag == source.length()) {
      addData(source.substring(place));
      place = tag;
      return;
    }
    char kind = source.charAt(tag + 1);
    char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
    boolean signed = sign == '-' || sign == '+';
    addData(before(source.substring(place, tag), kind, sign));
    countTo(tag);
    place = tag + (signed ? 3 : 2);
    switch (kind) {
      case '#' -> comment();
      case '%' -> block(tag);
      default -> {
        add(Kind.OUTPUT_BEGIN, "{{", tag);
        inside("}}", Kind.OUTPUT_END);
      }
    }
  }

  private int nextTag() {
    for (int i = source.indexOf('{', place); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return source.length();
  }

  private String before(String data, char kind, char sign) {
    if (sign == '-') {
      return Whitespace.stripEnd(data);
    }
    int lastLine = data.lastIndexOf('\n') + 1;
    boolean strips = sign != '+' && kind != '{' && (lastLine > 0 || startsLine);
    return strips && Whitespace.endOf(data) <= lastLine ? data.substring(0, lastLine) : data;
  }

  private void comment() {
    int end = source.indexOf("#}", place);
    if (end < 0) {
      throw new Fault("A comment is not closed: #} is missing");
    }
    char sign = end > place ? source.charAt(end - 1) : ' ';
    leave(end + 2, sign, Kind.BLOCK_END);
  }

  private void block(int tag) {
    Matcher raw = RAW_BEGIN.matcher(source).region(place, source.length());
    if (!raw.lookingAt()) {
      add(Kind.BLOCK_BEGIN, "{%", tag);
      inside("%}", Kind.BLOCK_END);
      return;
    }
    Matcher end = RAW_END.matcher(source);
    if (!end.find(raw.end())) {
      throw new Fault("{% raw %} is not closed: {% endraw %} is missing");
    }
    startsLine = source.charAt(raw.end() - 1) == '\n';
    String sign = end.group(1);
    addData(
        before(
            source.substring(raw.end(), end.start()), '%', sign.isEmpty() ? ' ' : sign.charAt(0)));
    place = end.end();
    startsLine = source.charAt(place - 1) == '\n';
  }

  /** The tokens of a tag, up to and with its end. */
  private void inside(String closing, Kind closingKind) {
    Deque<Character> open = new ArrayDeque<>();
    while (true) {
      place = Whitespace.skip(source, place);
      countTo(place);
      if (place == source.length()) {
        throw new Fault("A tag is not closed: " + closing + " is missing");
      }
      if (open.isEmpty() && closes(closing, closingKind)) {
        return;
      }
      char character = source.charAt(place);
      if (character == '"' || character == '\'') {
        string(character);
      } else if (!number() && !match(NAME, Kind.NAME)) {
        mark(open);
      }
      if (tokens.size() > MAX_TOKENS) {
        throw new Fault("The template has more than " + MAX_TOKENS + " parts");
      }
    }
  }

  private boolean closes(String closing, Kind kind) {
    char sign = source.charAt(place);
    boolean signed = sign == '-' || (sign == '+' && kind == Kind.BLOCK_END);
    int start = signed ? place + 1 : place;
    if (!source.startsWith(closing, start)) {
      return false;
    }
    add(kind, closing, place);
    leave(start + closing.length(), signed ? sign : ' ', kind);
    return true;
  }

  /** Goes on after a tag that ends at {@code end}, over the white space that goes with it. */
  private void leave(int end, char sign, Kind kind) {
    place = end;
    if (sign == '-') {
      place = Whitespace.skip(source, end);
    } else if (sign != '+' && kind == Kind.BLOCK_END && source.startsWith("\n", end)) {
      place = end + 1;
    }
    startsLine = source.charAt(place - 1) == '\n';
  }

  private boolean number() {
    boolean afterDot = place > 0 && source.charAt(place - 1) == '.';
    return (!afterDot && match(REAL, Kind.REAL)) || match(WHOLE, Kind.WHOLE);
  }

  private boolean match(Pattern pattern, Kind kind) {
    Matcher matcher = pattern.matcher(source).region(place, source.length());
    if (!matcher.lookingAt()) {
      return false;
    }
    int end = matcher.end();
    boolean goesOn =
        kind != Kind.NAME
            && end < source.length()
            && (Character.isLetterOrDigit(source.charAt(end)) || source.charAt(end) == '_');
    if (goesOn) {
      throw new Fault("A number that goes on with '" + source.charAt(end) + "' is not known");
    }
    add(kind, matcher.group(), place);
    place = end;
    return true;
  }

  private void string(char quote) {
    int end = place + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw new Fault("A string is not closed: " + quote + " is missing");
    }
    add(Kind.STRING, StringEscapes.undo(source.substring(place + 1, end)), place);
    place = end + 1;
  }

  private void mark(Deque<Character> open) {
    Matcher matcher = MARK.matcher(source).region(place, source.length());
    if (!matcher.lookingAt()) {
      throw new Fault(
          "The character '"
              + Character.toString(source.codePointAt(place))
              + "' is not known in a tag");
    }
    String mark = matcher.group();
    switch (mark) {
      case "(" -> open.push(')');
      case "[" -> open.push(']');
      case "{" -> open.push('}');
      case ")", "]", "}" -> {
        if (open.isEmpty() || open.pop() != mark.charAt(0)) {
          throw new Fault("The bracket " + mark + " closes nothing");
        }
      }
      default -> {}
    }
    add(Kind.MARK, mark, place);
    place = matcher.end();
  }

  private void addData(String data) {
    if (!data.isEmpty()) {
      add(Kind.DATA, data, place);
    }
  }

  private void add(Kind kind, String text, int start) {
    countTo(start);
    tokens.add(new Token(kind, text, line));
  }

  private void countTo(int end) {
    for (; countedTo < end; countedTo++) {
      if (source.charAt(countedTo) == '\n') {
        line++;
      }
    }
  }
}
