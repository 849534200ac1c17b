package org.mergetomix.table;

/** Whether a row holds a score or says why there is none. */
public enum RowStatus {
  OK,
  FAILED
}
