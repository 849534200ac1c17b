package org.mergetomix.testing;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system with room for a number of bytes of Parquet, counted over all files; then
 * writing fails as it does on a full disk.
 */
public final class FullDiskFileSystem extends LocalFileSystem {

  private static final AtomicLong ROOM = new AtomicLong(Long.MAX_VALUE);

  /** Does some work while a session writes to a disk with so little room. */
  public static <T> T during(Supplier<T> work, Configuration hadoop, long room) {
    ROOM.set(room);
    hadoop.set("fs.file.impl", FullDiskFileSystem.class.getName());
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    try {
      return work.get();
    } finally {
      hadoop.unset("fs.file.impl");
      hadoop.unset("fs.file.impl.disable.cache");
      ROOM.set(Long.MAX_VALUE);
    }
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    FSDataOutputStream stream =
        super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress);
    return file.getName().endsWith(".parquet") ? limited(stream) : stream;
  }

  private static FSDataOutputStream limited(FSDataOutputStream stream) throws IOException {
    return new FSDataOutputStream(stream, null) {
      @Override
      public synchronized void write(int value) throws IOException {
        take(1);
        super.write(value);
      }

      @Override
      public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        take(length);
        super.write(bytes, offset, length);
      }
    };
  }

  private static void take(int bytes) throws IOException {
    if (ROOM.addAndGet(-bytes) < 0) {
      throw new IOException("No space left on device");
    }
  }
}
