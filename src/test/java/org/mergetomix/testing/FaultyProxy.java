package org.mergetomix.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A proxy before an S3 server that lets requests meet faults. It hands on what a client signed as
 * it is, one request a connection. Safe for use by several threads.
 */
public final class FaultyProxy implements AutoCloseable {

  private final S3Server server;
  private final ServerSocket socket;
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private FaultyProxy(S3Server server, ServerSocket socket) {
    this.server = server;
    this.socket = socket;
  }

  /** The first requests of a kind meet a fault. */
  private record Rule(Pattern request, AtomicInteger left, Fault fault) {

    boolean takes(String line) {
      return request.matcher(line).find() && left.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
    }
  }

  /** Starts a proxy on a free port of the loopback interface. */
  public static FaultyProxy before(S3Server server) {
    try {
      FaultyProxy proxy =
          new FaultyProxy(server, new ServerSocket(0, 200, InetAddress.getLoopbackAddress()));
      daemon(proxy::acceptAll);
      return proxy;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Hadoop's settings for s3a through this proxy. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>(server.settings());
    settings.put("fs.s3a.endpoint", "http://127.0.0.1:" + socket.getLocalPort());
    return settings;
  }

  /**
   * Lets requests meet a fault.
   *
   * @param request is looked for in lines such as {@code GET /bucket/key?query} or {@code GET
   *     /bucket/key bytes=0-65535}
   * @param times how many requests; later ones meet nothing
   */
  public void spoil(String request, int times, Fault fault) {
    rules.add(new Rule(Pattern.compile(request), new AtomicInteger(times), fault));
  }

  /** Lets all requests pass from now on. */
  public void recover() {
    rules.clear();
  }

  /** The requests so far, in the order in which they came. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** How many requests are still to meet their faults. */
  public int ahead() {
    return rules.stream().mapToInt(rule -> rule.left().get()).sum();
  }

  private void acceptAll() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        open.add(client);
        daemon(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  @SuppressWarnings("EmptyCatch")
  private void serve(Socket client) {
    try (client;
        Exchange exchange = Exchange.read(client, server.endpoint())) {
      requests.add(exchange.request());
      Fault fault =
          rules.stream()
              .filter(rule -> rule.takes(exchange.request()))
              .findFirst()
              .map(Rule::fault)
              .orElse(Fault.NONE);
      fault.meet(exchange);
    } catch (IOException gone) {
      // A client that hung up, or was killed, needs no answer.
    } finally {
      open.remove(client);
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "faulty-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (Socket client : open) {
        client.close();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Where a request of a test goes. */
  static Socket connect(URI server) throws IOException {
    return new Socket(server.getHost(), server.getPort());
  }
}
