package org.mergetomix.cache;

import java.io.IOException;

/** Something that is done and may fail on the way. */
@FunctionalInterface
interface IoAction {

  void run() throws IOException;
}
