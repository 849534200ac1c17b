package org.mergetomix.data.template.syntax;

import java.util.List;
import org.mergetomix.data.template.syntax.Token.Kind;

/** Where a parser is among the tokens, and how deep. */
final class TokenStream {

  /** Deeper than any template; shallow enough for the stack. */
  private static final int MAX_DEPTH = 100;

  private final List<Token> tokens;
  private int place;
  private int depth;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(place);
  }

  Token following() {
    return tokens.get(Math.min(place + 1, tokens.size() - 1));
  }

  /** Goes on, but never beyond the end; returns what was the current token. */
  Token next() {
    Token token = current();
    if (token.kind() != Kind.END) {
      place++;
    }
    return token;
  }

  int line() {
    return current().line();
  }

  boolean skipMark(String mark) {
    return skipIf(current().isMark(mark));
  }

  boolean skipName(String name) {
    return skipIf(current().isName(name));
  }

  private boolean skipIf(boolean found) {
    if (found) {
      next();
    }
    return found;
  }

  void expectMark(String mark) {
    if (!skipMark(mark)) {
      throw unexpected(mark);
    }
  }

  Token expect(Kind kind, String shown) {
    if (current().kind() != kind) {
      throw unexpected(shown);
    }
    return next();
  }

  String expectName() {
    return expect(Kind.NAME, "a name").text();
  }

  Fault unexpected(String expected) {
    return new Fault("Expected " + expected + " instead of " + current().shown());
  }

  /** Has to be called before what may contain itself is parsed, and {@link #leave} after it. */
  void enter() {
    depth++;
    if (depth > MAX_DEPTH) {
      throw new Fault("The template is nested more than " + MAX_DEPTH + " deep");
    }
  }

  void leave() {
    depth--;
  }
}
