package org.mergetomix.expert;

/** What of a checkpoint can be looked at when it is opened. */
public enum Contents {
  /** All of it. */
  WHOLE,
  /** Names, types and shapes: it may be a stand-in for a file that lies elsewhere. */
  HEADERS
}
