/**
 * The syntax of chat templates: {@link org.mergetomix.data.template.syntax.TemplateParser} makes
 * statements and expressions of a text. They are the subset of Jinja 3.1 that published chat
 * templates use, with its white space rules; what is not known is refused with its name, as a
 * {@link org.mergetomix.data.template.syntax.Fault}.
 */
package org.mergetomix.data.template.syntax;
