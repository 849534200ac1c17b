package org.mergetomix.demo;

import com.ibm.icu.text.DateFormatSymbols;
import com.ibm.icu.text.LocaleDisplayNames;
import com.ibm.icu.text.MeasureFormat;
import com.ibm.icu.text.TimeZoneNames;
import com.ibm.icu.util.Currency;
import com.ibm.icu.util.MeasureUnit;
import com.ibm.icu.util.TimeZone;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What regions, languages, currencies, cities, units, months and weekdays are called in a language,
 * from Unicode CLDR through ICU4J: about 2,000 distinct names.
 */
final class LanguageNames {

  private static final double TRAINING_SHARE = 0.8;

  private LanguageNames() {}

  /**
   * A language's names, split by a seed.
   *
   * @param training four fifths of them
   * @param heldOut the rest
   */
  record Split(List<String> training, List<String> heldOut) {}

  /** The names of a language, an ISO 639 code, shuffled by the seed and split. */
  static Split split(String language, long seed) {
    List<String> names = new ArrayList<>(all(language));
    Collections.shuffle(names, new Random(seed));
    int training = (int) Math.round(names.size() * TRAINING_SHARE);
    return new Split(
        List.copyOf(names.subList(0, training)),
        List.copyOf(names.subList(training, names.size())));
  }

  /**
   * What each country is called in some languages.
   *
   * @param languages ISO 639 codes
   * @return names in the order of the languages, of one country after the other
   */
  static List<List<String>> countries(List<String> languages) {
    List<LocaleDisplayNames> displays =
        languages.stream()
            .map(ULocale::forLanguageTag)
            .map(LocaleDisplayNames::getInstance)
            .toList();
    return Arrays.stream(ULocale.getISOCountries())
        .map(code -> displays.stream().map(display -> display.regionDisplayName(code)).toList())
        .toList();
  }

  /** Every distinct name of a language, in the order of their characters. */
  static List<String> all(String language) {
    ULocale locale = ULocale.forLanguageTag(language);
    LocaleDisplayNames display = LocaleDisplayNames.getInstance(locale);
    TimeZoneNames zones = TimeZoneNames.getInstance(locale);
    MeasureFormat measures = MeasureFormat.getInstance(locale, MeasureFormat.FormatWidth.WIDE);
    DateFormatSymbols dates = DateFormatSymbols.getInstance(locale);
    return Stream.of(
            translated(ULocale.getISOCountries(), display::regionDisplayName),
            translated(ULocale.getISOLanguages(), display::languageDisplayName),
            Currency.getAvailableCurrencies().stream()
                .map(currency -> currency.getName(locale, Currency.LONG_NAME, new boolean[1])),
            TimeZone.getAvailableIDs(TimeZone.SystemTimeZoneType.CANONICAL, null, null).stream()
                .map(zones::getExemplarLocationName),
            MeasureUnit.getAvailable().stream().flatMap(unit -> unitName(measures, unit)),
            Arrays.stream(dates.getMonths()),
            Arrays.stream(dates.getWeekdays()))
        .flatMap(stream -> stream)
        .filter(Objects::nonNull)
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .distinct()
        .sorted()
        .toList();
  }

  /** ICU4J lists units that CLDR names in no language. */
  private static Stream<String> unitName(MeasureFormat measures, MeasureUnit unit) {
    try {
      return Stream.of(measures.getUnitDisplayName(unit));
    } catch (IllegalArgumentException nameless) {
      return Stream.empty();
    }
  }

  /** A code that CLDR has no name for comes back as itself; it is left out. */
  private static Stream<String> translated(String[] codes, UnaryOperator<String> name) {
    return Arrays.stream(codes).filter(code -> !name.apply(code).equals(code)).map(name);
  }
}
