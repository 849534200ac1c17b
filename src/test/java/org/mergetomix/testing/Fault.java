package org.mergetomix.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** What happens to a request on its way through a {@link FaultyProxy}. */
@FunctionalInterface
public interface Fault {

  /** The request is handed on, and so is its answer. */
  Fault NONE = exchange -> pass(exchange, exchange.forward());

  /** Answers a request, or does not. */
  void meet(Exchange exchange) throws IOException;

  /** The server fails, with one of S3's own codes; nothing was done. */
  static Fault failing(int status, String code) {
    return answering(status, code, code, "Drawn by a test");
  }

  /**
   * The server finds that the request is meant for another region, as S3 says it.
   *
   * @param status 301, which tells the region to a HEAD request too, or 400, which does not
   */
  static Fault otherRegion(int status, String asked, String region) {
    return status == 301
        ? answering(
            status,
            "Moved Permanently",
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified"
                + " endpoint",
            "x-amz-bucket-region: " + region)
        : answering(
            status,
            "Bad Request",
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; the region '%s' is wrong; expecting '%s'"
                .formatted(asked, region));
  }

  private static Fault answering(
      int status, String phrase, String code, String message, String... headers) {
    byte[] body =
        "<Error><Code>%s</Code><Message>%s</Message></Error>"
            .formatted(code, message)
            .getBytes(StandardCharsets.UTF_8);
    List<String> head = new ArrayList<>();
    head.add("HTTP/1.1 %d %s".formatted(status, phrase));
    head.add("Content-Type: application/xml");
    head.add("Content-Length: " + body.length);
    head.addAll(List.of(headers));
    return exchange -> {
      boolean bodiless = exchange.request().startsWith("HEAD ");
      pass(exchange, new Exchange.Answer(head, bodiless ? new byte[0] : body));
    };
  }

  /** The answer comes in pieces, with a pause after each. */
  static Fault slow(int bytes, Duration pause) {
    return exchange -> {
      Exchange.Answer answer = exchange.forward();
      exchange.begin(answer);
      for (int from = 0; from < answer.body().length; from += bytes) {
        LockSupport.parkNanos(pause.toNanos());
        exchange.send(answer.body(), from, Math.min(answer.body().length, from + bytes));
      }
    };
  }

  /** The connection ends in the middle of the body, or before the head when there is no body. */
  static Fault cutOff() {
    return exchange -> {
      Exchange.Answer answer = exchange.forward();
      if (answer.body().length > 0) {
        exchange.begin(answer);
        exchange.send(answer.body(), 0, answer.body().length / 2);
      }
    };
  }

  /** One bit of the body is another; its length is right. */
  static Fault wrongByte() {
    return exchange -> {
      Exchange.Answer answer = exchange.forward();
      answer.body()[answer.body().length / 2] ^= 1;
      pass(exchange, answer);
    };
  }

  /** Half of the body comes and no more, until the proxy or the client goes. */
  static Fault held(CountDownLatch reached) {
    return exchange -> {
      Exchange.Answer answer = exchange.forward();
      exchange.begin(answer);
      exchange.send(answer.body(), 0, answer.body().length / 2);
      reached.countDown();
      exchange.awaitEnd();
    };
  }

  /** Something else happens before the server hears of it. */
  static Fault before(Event event) {
    return exchange -> {
      event.happen();
      pass(exchange, exchange.forward());
    };
  }

  /** Something else happens when the server has done it, and nobody heard yet. */
  static Fault after(Event event) {
    return exchange -> {
      Exchange.Answer answer = exchange.forward();
      event.happen();
      pass(exchange, answer);
    };
  }

  private static void pass(Exchange exchange, Exchange.Answer answer) throws IOException {
    exchange.begin(answer);
    exchange.send(answer.body(), 0, answer.body().length);
  }

  /** What else may happen at a request. */
  @FunctionalInterface
  interface Event {

    /** Lets it happen. */
    void happen() throws IOException;
  }
}
