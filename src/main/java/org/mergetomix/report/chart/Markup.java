package org.mergetomix.report.chart;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes HTML that is well-formed XML too. Everything that enters the page comes through here, and
 * texts and attribute values are always escaped.
 *
 * <p>Attributes are given as names and values in turn.
 */
public final class Markup {

  private static final int REPLACEMENT = 0xFFFD;

  private final StringWriter page = new StringWriter();
  private final XMLStreamWriter writer;

  private Markup() throws XMLStreamException {
    // The JDK's own: another one on Spark's class path may escape differently.
    writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(page);
  }

  @FunctionalInterface
  private interface Step {
    void run() throws XMLStreamException;
  }

  /** An empty HTML document. */
  public static Markup document() {
    try {
      Markup markup = new Markup();
      markup.writer.writeDTD("<!DOCTYPE html>");
      return markup.newLine();
    } catch (XMLStreamException e) {
      throw writingFailed(e);
    }
  }

  /** Starts an element that holds others. */
  public Markup open(String element, String... attributes) {
    return step(
        () -> {
          writer.writeStartElement(element);
          writeAttributes(attributes);
        });
  }

  /** Ends the element started last. */
  public Markup close() {
    // Without the empty text a childless element would end as <p/>, which HTML reads as <p>.
    return step(
        () -> {
          writer.writeCharacters("");
          writer.writeEndElement();
        });
  }

  /** Ends the element started last and the line. */
  public Markup closeLine() {
    return close().newLine();
  }

  /** An element that holds only text. */
  public Markup element(String name, String text, String... attributes) {
    return open(name, attributes).text(text).close();
  }

  /** As {@link #element}, on a line of its own. */
  public Markup line(String name, String text, String... attributes) {
    return element(name, text, attributes).newLine();
  }

  /** An element that can hold nothing: HTML's void elements, SVG's shapes. */
  public Markup empty(String name, String... attributes) {
    return step(
        () -> {
          writer.writeEmptyElement(name);
          writeAttributes(attributes);
        });
  }

  /** Writes a text; what would be HTML in it is escaped. */
  public Markup text(String text) {
    return step(() -> writer.writeCharacters(printable(text)));
  }

  /** Begins a new line of the file. */
  public Markup newLine() {
    return text("\n");
  }

  /** The finished page. */
  public String finish() {
    step(writer::writeEndDocument);
    step(writer::flush);
    return page.toString();
  }

  private void writeAttributes(String... attributes) throws XMLStreamException {
    for (int i = 0; i < attributes.length; i += 2) {
      writer.writeAttribute(attributes[i], printable(attributes[i + 1]));
    }
  }

  private Markup step(Step step) {
    try {
      step.run();
    } catch (XMLStreamException e) {
      throw writingFailed(e);
    }
    return this;
  }

  private static IllegalStateException writingFailed(XMLStreamException cause) {
    return new IllegalStateException("Writing to memory cannot fail", cause);
  }

  /** Replaces what XML cannot hold, even escaped: control characters and lone surrogates. */
  private static String printable(String text) {
    return text.codePoints()
        .map(point -> isXml(point) ? point : REPLACEMENT)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isXml(int point) {
    return point == '\t'
        || point == '\n'
        || point == '\r'
        || (point >= 0x20 && point <= 0xD7FF)
        || (point >= 0xE000 && point <= 0xFFFD)
        || point >= 0x10000;
  }
}
