package org.mergetomix.cache.disk;

import java.io.IOException;

/** Something that gives a value and may fail on the way. */
@FunctionalInterface
public interface IoSupplier<T> {

  T get() throws IOException;
}
