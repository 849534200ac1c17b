package org.mergetomix.mixture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** Reads the id of a mixture, and says what is wrong with one that cannot be read. */
final class MixtureParser {

  private static final String REMEDY =
      "Write es+fr+it for equal weights, or es:0.5+fr:0.25+it:0.25";

  /** Stricter than {@code Double.parseDouble}, which also reads hexadecimal, NaN and spaces. */
  private static final Pattern WEIGHT = Pattern.compile("[0-9]+(\\.[0-9]+)?([eE]-?[0-9]+)?");

  private MixtureParser() {}

  static Mixture parse(String id) {
    String where = "mixture '" + id + "'";
    List<Problem> problems = new ArrayList<>();
    List<String> datasets = new ArrayList<>();
    Map<String, Double> weights = new LinkedHashMap<>();
    for (String part : id.split("\\+", -1)) {
      int colon = part.indexOf(':');
      String dataset = colon < 0 ? part : part.substring(0, colon);
      datasets.add(dataset);
      if (colon >= 0) {
        weights.put(dataset, readWeight(dataset, part.substring(colon + 1), where, problems));
      }
    }
    problems.addAll(0, MixtureRules.datasetProblems(datasets, where));
    if (problems.isEmpty() && !weights.isEmpty() && weights.size() < datasets.size()) {
      problems.add(new Problem("Some datasets have a weight and some have none", where, REMEDY));
    }
    UserException.usageIfAny(problems);
    return weights.isEmpty() ? Mixture.subset(datasets) : Mixture.weighted(weights);
  }

  private static double readWeight(
      String dataset, String text, String where, List<Problem> problems) {
    double weight = WEIGHT.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
    if (!(weight > 0) || Double.isInfinite(weight)) {
      problems.add(
          new Problem(
              "The weight '" + text + "' of dataset '" + dataset + "' is not a positive number",
              where,
              REMEDY));
    }
    return weight;
  }
}
