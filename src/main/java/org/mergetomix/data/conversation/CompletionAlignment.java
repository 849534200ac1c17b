package org.mergetomix.data.conversation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.mergetomix.data.template.Span;
import org.mergetomix.data.template.syntax.Whitespace;

/**
 * Finds what the assistant wrote in a rendered conversation. The conversation is rendered a second
 * time with marks in place of those contents; what lies between the marks has to lie between the
 * contents too. Whatever else a template does to them, such as leaving out thoughts, is noticed.
 */
final class CompletionAlignment {

  private static final int FIRST_MARK = 0xE000;
  private static final int LAST_MARK = 0xF8FF;

  private final String rendered;
  private final List<String> contents;
  private final String mark;

  /**
   * An alignment.
   *
   * @param rendered the conversation
   * @param contents what the assistant wrote, in order
   */
  CompletionAlignment(String rendered, List<String> contents) {
    this.rendered = rendered;
    this.contents = contents;
    this.mark =
        Stream.iterate(FIRST_MARK, code -> code <= LAST_MARK, code -> code + 1)
            .map(Character::toString)
            .filter(code -> !rendered.contains(code))
            .filter(code -> contents.stream().noneMatch(content -> content.contains(code)))
            .findFirst()
            .orElse("");
  }

  /** What is to stand in place of the content at {@code index} in the second rendering. */
  String sentinel(int index) {
    return mark + index + mark;
  }

  /**
   * The contents' spans, with the token that ends every one of them.
   *
   * @param withSentinels the second rendering
   * @param turnEnds tokens that may end a turn
   * @return nothing if the template did more to the contents than to strip them
   */
  Optional<List<Span>> spans(String withSentinels, Set<String> turnEnds) {
    return literals(withSentinels)
        .flatMap(
            literals ->
                places(literals).map(places -> withEnds(places, endOfTurn(literals, turnEnds))));
  }

  /** What lies before, between and after the sentinels, if each is there once and in order. */
  private Optional<List<String>> literals(String withSentinels) {
    List<String> literals = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < contents.size(); i++) {
      int place = mark.isEmpty() ? -1 : withSentinels.indexOf(sentinel(i), start);
      if (place < 0) {
        return Optional.empty();
      }
      literals.add(withSentinels.substring(start, place));
      start = place + sentinel(i).length();
    }
    literals.add(withSentinels.substring(start));
    return literals.stream().anyMatch(literal -> !mark.isEmpty() && literal.contains(mark))
        ? Optional.empty()
        : Optional.of(literals);
  }

  /**
   * Where the contents are, in UTF-16 units. Going through the contents, all ways of placing those
   * before that fit are kept; in the end there has to be one.
   */
  private Optional<List<Place>> places(List<String> literals) {
    List<List<Place>> ways = List.of(List.of());
    if (!rendered.startsWith(literals.get(0))) {
      return Optional.empty();
    }
    for (int i = 0; i < contents.size(); i++) {
      List<List<Place>> longer = new ArrayList<>();
      for (List<Place> way : ways) {
        int start = endOf(way) + literals.get(i).length();
        for (String content : stripped(contents.get(i))) {
          int end = start + content.length();
          if (rendered.startsWith(content, start)
              && rendered.startsWith(literals.get(i + 1), end)) {
            longer.add(Stream.concat(way.stream(), Stream.of(new Place(start, end))).toList());
          }
        }
      }
      if (longer.size() > 2) {
        return Optional.empty();
      }
      ways = longer;
    }
    String last = literals.get(contents.size());
    List<List<Place>> whole =
        ways.stream().filter(way -> endOf(way) + last.length() == rendered.length()).toList();
    return whole.size() == 1 ? Optional.of(whole.get(0)) : Optional.empty();
  }

  private static int endOf(List<Place> way) {
    return way.isEmpty() ? 0 : way.get(way.size() - 1).end();
  }

  /** The content as it is, and stripped in the ways that templates strip. */
  private static Set<String> stripped(String content) {
    Set<String> ways = new LinkedHashSet<>();
    ways.add(content);
    ways.add(Whitespace.stripStart(Whitespace.stripEnd(content)));
    ways.add(Whitespace.stripStart(content));
    ways.add(Whitespace.stripEnd(content));
    ways.add(content.replaceFirst("^\n+", ""));
    ways.add(content.replaceFirst("^\n+", "").replaceFirst("\n+$", ""));
    return ways;
  }

  /**
   * The white space and token that follow the last content, if they follow every one. One that does
   * not is the start of another turn.
   */
  private static String endOfTurn(List<String> literals, Set<String> turnEnds) {
    if (literals.size() < 2) {
      return "";
    }
    String last = literals.get(literals.size() - 1);
    int blanks = Whitespace.skip(last, 0);
    Optional<String> token =
        turnEnds.stream()
            .filter(end -> !end.isEmpty() && last.startsWith(end, blanks))
            .max(Comparator.comparingInt(String::length));
    String ending = last.substring(0, blanks) + token.orElse("");
    boolean everywhere =
        literals.subList(1, literals.size()).stream()
            .allMatch(literal -> literal.startsWith(ending));
    return token.isPresent() && everywhere ? ending : "";
  }

  private List<Span> withEnds(List<Place> places, String ending) {
    List<Span> spans = new ArrayList<>();
    int counted = 0;
    int codePoints = 0;
    for (Place place : places) {
      codePoints += rendered.codePointCount(counted, place.start());
      int start = codePoints;
      counted = place.end() + ending.length();
      codePoints += rendered.codePointCount(place.start(), counted);
      spans.add(new Span(start, codePoints));
    }
    return spans;
  }

  /** Where a content is, in UTF-16 units. */
  private record Place(int start, int end) {}
}
