package org.mergetomix.problem;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What went wrong with a file, a folder or a store: the one place that knows by which classes and
 * words file systems say it. Whoever was at work adds what its user has to mend.
 */
public enum FileFailure {
  /** The thread was interrupted: nobody's fault. */
  INTERRUPTED,
  /** There is no such bucket. */
  NO_BUCKET,
  /** The store cannot be reached. */
  UNREACHABLE,
  /** A folder was expected, and a file is there. */
  IS_FILE,
  /** No permission. */
  DENIED,
  /** Nobody may write there. */
  READ_ONLY,
  /** No room on the disk, or no quota. */
  FULL,
  /** A folder cannot be made. */
  NOT_MADE,
  /** The operating system gives no more address space or mappings. */
  NOT_MAPPED,
  /** It is not there. */
  MISSING,
  /** Something else. */
  OTHER;

  // By their names: Hadoop's connectors are not there without their jars.
  private static final Pattern BUCKET_CLASS = Pattern.compile("UnknownStoreException");

  private static final Pattern UNREACHABLE_CLASS =
      Pattern.compile(
          "ConnectException|ConnectTimeoutException|UnknownHostException|NoRouteToHostException"
              + "|SocketTimeoutException|ApiCallTimeoutException|HttpHostConnectException");

  private static final Pattern FILE_CLASS =
      Pattern.compile("ParentNotDirectoryException|FileAlreadyExistsException");

  /** What a failure says; its causes are not looked at. */
  public static FileFailure of(Throwable failure) {
    String name = failure.getClass().getSimpleName();
    if (BUCKET_CLASS.matcher(name).matches()) {
      return NO_BUCKET;
    }
    if (UNREACHABLE_CLASS.matcher(name).matches()) {
      return UNREACHABLE;
    }
    return failure instanceof IOException said ? of(said, name) : OTHER;
  }

  private static FileFailure of(IOException failure, String name) {
    if (failure instanceof ClosedByInterruptException) {
      return INTERRUPTED;
    }
    if (failure.getCause() instanceof OutOfMemoryError) {
      // So the JDK says it.
      return NOT_MAPPED;
    }
    if (FILE_CLASS.matcher(name).matches() || says(failure, "not a directory")) {
      return IS_FILE;
    }
    if (failure instanceof AccessDeniedException
        || name.equals("AccessControlException")
        || says(failure, "permission denied")) {
      return DENIED;
    }
    if (says(failure, "read-only file system")) {
      return READ_ONLY;
    }
    if (says(failure, "no space left", "quota", "file too large")) {
      return FULL;
    }
    if (says(failure, "mkdirs failed")) {
      return NOT_MADE;
    }
    boolean missing =
        failure instanceof NoSuchFileException || failure instanceof FileNotFoundException;
    return missing ? MISSING : OTHER;
  }

  private static boolean says(IOException failure, String... words) {
    String message = said(failure).orElse("").toLowerCase(Locale.ROOT);
    return Stream.of(words).anyMatch(message::contains);
  }

  /** What the file system said, in one line: without the file where that can be left out. */
  public static String reason(IOException failure) {
    return said(failure)
        .flatMap(text -> text.lines().findFirst())
        .orElse(failure.getClass().getSimpleName());
  }

  private static Optional<String> said(IOException failure) {
    return failure instanceof FileSystemException inFileSystem
        ? Optional.ofNullable(inFileSystem.getReason())
        : Optional.ofNullable(failure.getMessage());
  }
}
