/** From evaluations to ranked rows, and from real scores to figures of fidelity. */
package org.mergetomix.rank;
