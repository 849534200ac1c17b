package org.mergetomix.cache;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * A remote store for tests: {@code faulty://store/path} is the local file of that path, read
 * through the {@link Store} of that name, which counts and spoils what is read.
 */
public final class FaultyFileSystem extends RawLocalFileSystem {

  private static final Map<String, Store> STORES = new ConcurrentHashMap<>();

  private URI uri;

  /** The store of a name, made on first use. */
  static Store store(String name) {
    return STORES.computeIfAbsent(name, unused -> new Store());
  }

  /** A configuration that knows the scheme. */
  static Configuration configuration() {
    Configuration configuration = new Configuration(false);
    configuration.set("fs.faulty.impl", FaultyFileSystem.class.getName());
    return configuration;
  }

  @Override
  public void initialize(URI location, Configuration configuration) throws IOException {
    super.initialize(location, configuration);
    uri = URI.create("faulty://" + location.getAuthority());
  }

  @Override
  public URI getUri() {
    // The super class asks before it is initialized.
    return uri == null ? URI.create("faulty:///") : uri;
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  private Store store() {
    return store(uri.getHost());
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    store().onStatus();
    return store().status(super.getFileStatus(path));
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    store().onOpen();
    return new FSDataInputStream(new FaultyStream(store(), pathToFile(path)));
  }

  /** A status that also tells a version. */
  static final class EtagStatus extends FileStatus implements EtagSource {

    private static final long serialVersionUID = 1L;

    private final String etag;

    EtagStatus(FileStatus status, String etag) {
      super(
          status.getLen(),
          status.isDirectory(),
          1,
          status.getBlockSize(),
          status.getModificationTime(),
          status.getPath());
      this.etag = etag;
    }

    @Override
    public String getEtag() {
      return etag;
    }

    @Override
    public boolean equals(Object other) {
      return super.equals(other);
    }

    @Override
    public int hashCode() {
      return super.hashCode();
    }
  }

  private static final class FaultyStream extends FSInputStream {

    private final Store store;
    private final RandomAccessFile file;

    FaultyStream(Store store, File file) throws IOException {
      this.store = store;
      this.file = new RandomAccessFile(file, "r");
    }

    @Override
    public void readFully(long position, byte[] bytes, int offset, int length) throws IOException {
      long end = store.onRead(position, length);
      synchronized (this) {
        if (end > file.length()) {
          throw new EOFException("End of file");
        }
        file.seek(position);
        file.readFully(bytes, offset, (int) (end - position));
      }
      store.onBytes(end - position);
      if (end < position + length) {
        throw new EOFException("Connection closed");
      }
      store.spoil(position, bytes, offset, length);
    }

    @Override
    public void seek(long position) throws IOException {
      file.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return file.getFilePointer();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("Files are read by ranges");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      throw new UnsupportedOperationException("Files are read by ranges");
    }

    @Override
    public void close() throws IOException {
      file.close();
      store.onClose();
    }
  }
}
