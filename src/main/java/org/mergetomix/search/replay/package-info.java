/**
 * Searches against recorded scores, without a model: what a strategy would have found, and for how
 * many evaluations. A {@link org.mergetomix.search.replay.Recording} answers what a strategy asks
 * for, {@link org.mergetomix.search.replay.Replay} asks it as a run would, and {@link
 * org.mergetomix.search.replay.RegretCurve} puts repetitions together.
 */
package org.mergetomix.search.replay;
