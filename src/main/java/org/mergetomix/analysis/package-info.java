/** Numbers from tables: confidence, fidelity, the effect of each dataset. */
package org.mergetomix.analysis;
