package org.mergetomix.surface;

/**
 * What a quadratic surface sees of a linear combination of mixtures: the combined constant, weights
 * w, concentration ρ = Σw² and products w_i·w_j. The features of nothing are all 0.
 */
public final class QuadraticFeatures {

  private double constant;
  private double concentration;
  private final double[] weights;
  private final double[][] products;

  /** The features of nothing yet, for a number of datasets. */
  public QuadraticFeatures(int datasets) {
    weights = new double[datasets];
    products = new double[datasets][datasets];
  }

  /** Adds to the constant, which is 1 for a mixture. */
  public void addConstant(double amount) {
    constant += amount;
  }

  /** Adds to the sum of squared weights. */
  public void addConcentration(double amount) {
    concentration += amount;
  }

  /** Adds to the weight of a dataset. */
  public void addWeight(int dataset, double amount) {
    weights[dataset] += amount;
  }

  /** Adds to the product of the weights of two different datasets. */
  public void addProduct(int first, int second, double amount) {
    products[first][second] += amount;
    products[second][first] += amount;
  }

  double constant() {
    return constant;
  }

  double concentration() {
    return concentration;
  }

  double weight(int dataset) {
    return weights[dataset];
  }

  double product(int first, int second) {
    return products[first][second];
  }
}
