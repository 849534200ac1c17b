package org.mergetomix.report.chart;

import java.util.List;
import java.util.Locale;
import org.mergetomix.score.Estimate;

/**
 * How many decimals the numbers of one table or chart are shown with: as many as their standard
 * error gives meaning to, the same for all of them.
 *
 * @param places digits after the point, 0 to 8
 */
public record Decimals(int places) {

  private static final int MOST = 8;
  private static final int WITHOUT_ERRORS = 3;

  /** Two digits of the median standard error. */
  public static Decimals of(List<Estimate> estimates) {
    double[] errors =
        estimates.stream()
            .mapToDouble(Estimate::standardError)
            .filter(error -> Double.isFinite(error) && error > 0)
            .sorted()
            .toArray();
    return errors.length == 0
        ? new Decimals(WITHOUT_ERRORS)
        : new Decimals(placesOf(errors[errors.length / 2]) + 1);
  }

  /** So many that {@code step} shows its first digit. */
  public static Decimals ofStep(double step) {
    return new Decimals(placesOf(step));
  }

  public Decimals {
    places = Math.max(0, Math.min(MOST, places));
  }

  private static int placesOf(double unit) {
    // The small addend keeps 0.001 from becoming 0.0009999 in the logarithm.
    return (int) -Math.floor(Math.log10(unit) + 1e-9);
  }

  /** The number with a true minus sign; a dash for one that is not finite. */
  public String format(double number) {
    if (!Double.isFinite(number)) {
      return "–";
    }
    String digits = String.format(Locale.ROOT, "%." + places + "f", Math.abs(number));
    boolean zero = digits.chars().allMatch(digit -> digit == '0' || digit == '.');
    return number < 0 && !zero ? "−" + digits : digits;
  }

  /** As {@link #format}, with a plus sign before positive numbers. */
  public String formatSigned(double number) {
    String plain = format(number);
    boolean positive = number > 0 && plain.chars().anyMatch(digit -> digit >= '1' && digit <= '9');
    return positive ? "+" + plain : plain;
  }

  /** The value and half of its 95 % interval; the value alone where the error is not known. */
  public String format(Estimate estimate) {
    return format(estimate.value()) + errorOf(estimate);
  }

  /** As {@link #format(Estimate)}, with a plus sign before positive values. */
  public String formatSigned(Estimate estimate) {
    return formatSigned(estimate.value()) + errorOf(estimate);
  }

  private String errorOf(Estimate estimate) {
    double half = estimate.margin();
    return Double.isFinite(half) && Double.isFinite(estimate.value()) ? " ± " + format(half) : "";
  }
}
