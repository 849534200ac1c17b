package org.mergetomix.data.template;

/**
 * A text that went through the filter {@code safe}. In Jinja it escapes whatever is added to it by
 * {@code +}, so it can only be written, and joined by {@code ~}, which makes a plain text of it.
 */
record SafeText(String text) implements Value {}
