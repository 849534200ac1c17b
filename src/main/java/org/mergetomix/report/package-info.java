/**
 * The page a run ends with. {@link org.mergetomix.report.ReportContent} is everything it says, as
 * plain records; {@link org.mergetomix.report.HtmlReport} turns that into one file that needs
 * nothing else: no script, no font, no network.
 *
 * <p>Each section writes itself through {@code Markup}, the only place where text becomes HTML, so
 * nothing can go into the page unescaped. Charts are SVG inside the page and take their colours
 * from {@code report.css}, in light and in dark. They are drawn here and not by a charting library,
 * because those for the JVM measure text through AWT, which fails where no fonts are installed.
 */
package org.mergetomix.report;
