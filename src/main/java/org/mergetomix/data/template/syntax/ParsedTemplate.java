package org.mergetomix.data.template.syntax;

import java.util.List;
import java.util.Set;

/**
 * A template that was read.
 *
 * @param statements what it does
 * @param ownNames names that some block sets as its own: Jinja does not see there what they stand
 *     for outside of the template
 * @param marksCompletions whether it has <code>{% generation %}</code>
 */
public record ParsedTemplate(
    List<Statement> statements, Set<String> ownNames, boolean marksCompletions) {

  /** The lists are copied. */
  public ParsedTemplate {
    statements = List.copyOf(statements);
    ownNames = Set.copyOf(ownNames);
  }
}
