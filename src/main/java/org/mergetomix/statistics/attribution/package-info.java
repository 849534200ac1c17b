/**
 * What each dataset does to the score, and what two do together: exact where every subset was
 * evaluated ({@link org.mergetomix.statistics.attribution.FactorialAttribution}), in closed form
 * from a quadratic surface ({@link org.mergetomix.statistics.attribution.QuadraticAttribution}), or
 * sampled from any surface.
 */
package org.mergetomix.statistics.attribution;
