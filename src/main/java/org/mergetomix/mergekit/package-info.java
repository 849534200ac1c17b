/** The recipe by which mergekit merges the same numbers. */
package org.mergetomix.mergekit;
