package org.mergetomix.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One request to a {@link FaultyProxy} and the way to its answer. Used by one thread. */
public final class Exchange implements AutoCloseable {

  private final InputStream incoming;
  private final OutputStream client;
  private final URI server;
  private final List<String> head;
  private final byte[] body;

  private Exchange(
      InputStream incoming, OutputStream client, URI server, List<String> head, byte[] body) {
    this.incoming = incoming;
    this.client = client;
    this.server = server;
    this.head = head;
    this.body = body;
  }

  /** What the server said: the lines above the body, without the connection's own, and the body. */
  static final class Answer {

    private final List<String> head;
    private final byte[] body;

    Answer(List<String> head, byte[] body) {
      this.head = head;
      this.body = body;
    }

    /** The bytes themselves, which a fault may change. */
    byte[] body() {
      return body;
    }
  }

  /** Reads a whole request. */
  static Exchange read(Socket socket, URI server) throws IOException {
    InputStream input = new BufferedInputStream(socket.getInputStream());
    List<String> head = head(input);
    OutputStream output = socket.getOutputStream();
    if (header(head, "expect").isPresent()) {
      output.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    if (header(head, "transfer-encoding").isPresent()) {
      throw new AssertionError("Not expected of this client: " + head);
    }
    int length = header(head, "content-length").map(Integer::parseInt).orElse(0);
    byte[] body = input.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("The client hung up");
    }
    return new Exchange(input, output, server, without(head, "expect", "connection"), body);
  }

  /** Method, path and query, and the range that is asked for, if one is. */
  String request() {
    String line = head.get(0).replaceFirst(" HTTP/1\\.1$", "");
    return header(head, "range").map(range -> line + " " + range).orElse(line);
  }

  /** Has the server do it. */
  Answer forward() throws IOException {
    try (Socket socket = FaultyProxy.connect(server)) {
      OutputStream output = socket.getOutputStream();
      write(output, head);
      output.write(body);
      output.flush();
      InputStream input = new BufferedInputStream(socket.getInputStream());
      List<String> answer = head(input);
      return new Answer(without(answer, "connection"), input.readAllBytes());
    }
  }

  /** Tells the client what comes above a body; the connection ends after it. */
  void begin(Answer answer) throws IOException {
    write(client, answer.head);
  }

  /** Tells the client a part of a body. */
  void send(byte[] bytes, int from, int to) throws IOException {
    client.write(bytes, from, to - from);
    client.flush();
  }

  /** Waits until the client hangs up. */
  void awaitEnd() throws IOException {
    while (incoming.read() >= 0) {
      // A client has nothing to say before it has its answer.
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
  }

  private static void write(OutputStream target, List<String> lines) throws IOException {
    String text = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
    target.write(text.getBytes(StandardCharsets.ISO_8859_1));
    target.flush();
  }

  private static List<String> head(InputStream input) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(input); !line.isEmpty(); line = line(input)) {
      lines.add(line);
    }
    return lines;
  }

  private static String line(InputStream input) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = input.read(); next != '\n'; next = input.read()) {
      if (next < 0) {
        throw new EOFException("Cut off within the head");
      }
      if (next != '\r') {
        line.write(next);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  private static Optional<String> header(List<String> head, String name) {
    return head.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst();
  }

  private static List<String> without(List<String> head, String... names) {
    return head.stream()
        .filter(
            line ->
                List.of(names).stream()
                    .noneMatch(name -> line.toLowerCase(Locale.ROOT).startsWith(name + ":")))
        .toList();
  }
}
