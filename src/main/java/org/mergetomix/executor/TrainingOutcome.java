package org.mergetomix.executor;

import java.io.Serializable;
import org.mergetomix.location.Location;

/**
 * A model that is there now.
 *
 * @param mixture the id of the mixture it was trained on
 * @param model the checkpoint's file or folder
 * @param origin whether it was trained just now
 * @param loss mean loss of the last steps, nats a token; NaN unless trained just now
 * @param seconds how long the training took; 0 unless trained just now
 */
public record TrainingOutcome(
    String mixture, Location model, Origin origin, double loss, double seconds)
    implements Serializable {

  /** Where a model comes from. */
  public enum Origin {
    /** Trained just now. */
    TRAINED,
    /** Trained before from the same inputs. */
    REUSED,
    /** Trained by another run from the same inputs, and written here too. */
    TAKEN_OVER,
    /** The user's own, which is never overwritten. */
    GIVEN
  }

  /** The user's own model. */
  public static TrainingOutcome given(String mixture, Location model) {
    return new TrainingOutcome(mixture, model, Origin.GIVEN, Double.NaN, 0);
  }

  /** A model that was there before. */
  public static TrainingOutcome untrained(TrainingJob job, Origin origin) {
    return new TrainingOutcome(job.mixture().id(), job.output(), origin, Double.NaN, 0);
  }

  /** Stands for a model until it is trained. */
  public static TrainingOutcome pending(TrainingJob job) {
    return untrained(job, Origin.TRAINED);
  }
}
