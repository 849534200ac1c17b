package org.mergetomix.data.template;

import java.util.List;

/**
 * What a template made of a conversation.
 *
 * @param text the text
 * @param completions the spans that the template marks by <code>{% generation %}</code>, in order
 */
public record Rendering(String text, List<Span> completions) {

  /** The spans are copied. */
  public Rendering {
    completions = List.copyOf(completions);
  }
}
