package org.mergetomix.tensor;

import org.mergetomix.problem.UserException;

/**
 * Says why a file is not accepted.
 *
 * @param file how the file is named in messages
 */
public record Refusal(String file) {

  private static final String MALFORMED =
      "The file is damaged or comes from a faulty writer: download it again, or write it again with"
          + " a current safetensors library";
  private static final String CUT_OFF = "The file is cut off: copy or download it again";

  /** The file breaks a rule. */
  public UserException malformed(String what) {
    return UserException.input(what, file, MALFORMED);
  }

  /** A tensor breaks a rule. */
  public UserException malformed(String tensor, String what) {
    return UserException.input("The tensor " + what, where(tensor), MALFORMED);
  }

  /** The file ends too early. */
  public UserException cutOff(String what) {
    return UserException.input(what, file, CUT_OFF);
  }

  /** A tensor ends too early. */
  public UserException cutOff(String tensor, String what) {
    return UserException.input("The tensor " + what, where(tensor), CUT_OFF);
  }

  /** Something else about a tensor, with the way to mend it. */
  public UserException tensor(String tensor, String what, String remedy) {
    return UserException.input("The tensor " + what, where(tensor), remedy);
  }

  private String where(String tensor) {
    return "%s, tensor %s".formatted(file, TensorNames.shown(tensor));
  }
}
