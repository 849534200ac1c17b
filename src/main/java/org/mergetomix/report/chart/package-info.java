/** Charts, tables and numbers as they are drawn in a page. */
package org.mergetomix.report.chart;
