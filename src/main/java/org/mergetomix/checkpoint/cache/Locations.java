package org.mergetomix.checkpoint.cache;

import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.mergetomix.problem.UserException;

/** Locations and what others say about them, as they may be shown: without secrets. */
final class Locations {

  private static final String HIDDEN = "***";

  private Locations() {}

  /** Scheme, host and path. User info, query and fragment may hold credentials. */
  static String shown(URI location) {
    StringBuilder text = new StringBuilder();
    if (location.getScheme() != null) {
      text.append(location.getScheme()).append(':');
    }
    String authority = location.getRawAuthority();
    if (authority != null) {
      text.append("//").append(authority, authority.lastIndexOf('@') + 1, authority.length());
    } else if (location.getScheme() != null) {
      text.append("//");
    }
    return text.append(location.getPath()).toString().replaceAll("\\p{Cntrl}", "?");
  }

  /** A text of another library without the secrets of this location, or of any other. */
  static String redacted(String text, URI location) {
    String redacted = text;
    for (String secret : secrets(location)) {
      redacted = redacted.replace(secret, HIDDEN);
    }
    return redacted
        .replaceAll("(?<=//)[^/@\\s]+@", "")
        .replaceAll("\\?[^\\s?]*=[^\\s]*", "")
        .replaceAll("\\p{Cntrl}+", " ");
  }

  /** The user's problem; the cause goes along only when it gives nothing away. */
  static UserException problem(String what, URI location, String remedy, Throwable cause) {
    return isClean(cause, location)
        ? UserException.input(what, shown(location), remedy, cause)
        : UserException.input(what, shown(location), remedy);
  }

  private static boolean isClean(Throwable cause, URI location) {
    String message = Optional.ofNullable(cause.getMessage()).orElse("");
    List<String> secrets = secrets(location);
    return redacted(message, location).equals(message.replaceAll("\\p{Cntrl}+", " "))
        && secrets.stream().noneMatch(message::contains)
        && (cause.getCause() == null || isClean(cause.getCause(), location))
        && Stream.of(cause.getSuppressed()).allMatch(other -> isClean(other, location));
  }

  /** Longest first, so that no part is replaced before the whole. */
  private static List<String> secrets(URI location) {
    List<String> secrets = new ArrayList<>();
    String authority = Optional.ofNullable(location.getRawAuthority()).orElse("");
    String user = authority.substring(0, Math.max(0, authority.lastIndexOf('@')));
    secrets.add(user);
    secrets.add(user.substring(user.indexOf(':') + 1));
    Optional.ofNullable(location.getUserInfo())
        .ifPresent(
            decoded -> {
              secrets.add(decoded);
              secrets.add(decoded.substring(decoded.indexOf(':') + 1));
            });
    for (String query : new String[] {location.getRawQuery(), location.getQuery()}) {
      if (query != null) {
        secrets.add(query);
        for (String parameter : query.split("&", -1)) {
          secrets.add(parameter.substring(parameter.indexOf('=') + 1));
        }
      }
    }
    return secrets.stream()
        // What is this short is no secret, and would tear holes into every text.
        .filter(secret -> secret.length() > 3)
        .distinct()
        .sorted(Comparator.comparingInt(String::length).reversed())
        .toList();
  }
}
