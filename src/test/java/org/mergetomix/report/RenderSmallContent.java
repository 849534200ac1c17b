package org.mergetomix.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Prints the page of {@link SmallContent#whole}; a test starts it in a JVM of its own. */
final class RenderSmallContent {

  private RenderSmallContent() {}

  public static void main(String[] arguments) throws IOException {
    System.out.write(HtmlReport.render(SmallContent.whole()).getBytes(StandardCharsets.UTF_8));
    System.out.flush();
  }
}
