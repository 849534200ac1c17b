package org.mergetomix.cache.disk;

import java.io.IOException;

/** Something that is done and may fail on the way. */
@FunctionalInterface
public interface IoAction {

  void run() throws IOException;
}
