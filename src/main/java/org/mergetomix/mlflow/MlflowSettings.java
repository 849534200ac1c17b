package org.mergetomix.mlflow;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * Where searches are told.
 *
 * @param trackingUri the server's address, without any user or password; empty for none
 * @param experiment its experiment, which is made where it is missing
 */
public record MlflowSettings(String trackingUri, String experiment) implements Serializable {

  /** What keeps an address from being one, without showing it: it may hold a password. */
  public static Optional<String> problem(String trackingUri) {
    if (trackingUri.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(trackingUri);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (!web || uri.getHost() == null) {
        return Optional.of("is not the address of a server, as http://mlflow:5000");
      }
      return uri.getRawUserInfo() == null && uri.getRawQuery() == null
          ? Optional.empty()
          : Optional.of("holds a user, a password or parameters");
    } catch (URISyntaxException malformed) {
      return Optional.of("is not the address of a server, as http://mlflow:5000");
    }
  }
}
