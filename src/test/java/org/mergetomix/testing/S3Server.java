package org.mergetomix.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * An S3 server in a process of its own, on a free port of the loopback interface, with one key pair
 * drawn at random and its objects in memory. Closed, the process is gone.
 */
public final class S3Server implements AutoCloseable {

  private static final Path CLASS_PATH = Path.of("target", "s3proxy.classpath");

  private static final Pattern STARTED =
      Pattern.compile("Started ServerConnector.*\\{127\\.0\\.0\\.1:(\\d+)}");

  private static final String LOGGING =
      """
      <configuration>
        <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%level %msg%n</pattern></encoder>
        </appender>
        <root level="info"><appender-ref ref="OUT"/></root>
      </configuration>
      """;

  private final Process process;
  private final Path folder;
  private final URI endpoint;
  private final String accessKey;
  private final String secretKey;
  private final AtomicInteger buckets = new AtomicInteger();
  private final S3Client client;

  private S3Server(Process process, Path folder, URI endpoint, String accessKey, String secretKey) {
    this.process = process;
    this.folder = folder;
    this.endpoint = endpoint;
    this.accessKey = accessKey;
    this.secretKey = secretKey;
    this.client =
        S3Client.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
            .build();
  }

  /** Starts a server; returns when it takes requests. */
  public static S3Server start() {
    try {
      Path folder = Files.createTempDirectory("merge-to-mix-s3");
      String accessKey = random();
      String secretKey = random() + random();
      Path properties = folder.resolve("s3proxy.properties");
      Files.write(
          properties,
          List.of(
              "s3proxy.endpoint=http://127.0.0.1:0",
              "s3proxy.authorization=aws-v4",
              "s3proxy.identity=" + accessKey,
              "s3proxy.credential=" + secretKey,
              "jclouds.provider=transient",
              "jclouds.identity=none",
              "jclouds.credential=none"));
      Path logging = Files.writeString(folder.resolve("logback.xml"), LOGGING);
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "-Dlogback.configurationFile=" + logging,
                  "-cp",
                  Files.readString(CLASS_PATH).strip(),
                  "org.gaul.s3proxy.Main",
                  "--properties",
                  properties.toString())
              .redirectErrorStream(true)
              .start();
      // However this JVM ends, by System.exit or by a failed start, the child goes with it.
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
      URI endpoint = URI.create("http://127.0.0.1:" + port(output));
      drain(output);
      return new S3Server(process, folder, endpoint, accessKey, secretKey);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String port(BufferedReader output) throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        return started.group(1);
      }
      said.append(line).append('\n');
    }
    throw new AssertionError("The S3 server did not start: " + said);
  }

  /** A process whose output nobody reads stops when the pipe is full. */
  private static void drain(BufferedReader output) {
    Thread reader = new Thread(() -> output.lines().forEach(line -> {}), "s3-server-output");
    reader.setDaemon(true);
    reader.start();
  }

  private static String random() {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Where it listens. */
  public URI endpoint() {
    return endpoint;
  }

  /** The secret, for tests that look for it where it must not be. */
  public String secretKey() {
    return secretKey;
  }

  /** Hadoop's settings for s3a on this server. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("fs.s3a.endpoint", endpoint.toString());
    settings.put("fs.s3a.endpoint.region", "us-east-1");
    settings.put("fs.s3a.path.style.access", "true");
    settings.put("fs.s3a.connection.ssl.enabled", "false");
    settings.put("fs.s3a.access.key", accessKey);
    settings.put("fs.s3a.secret.key", secretKey);
    return settings;
  }

  /** A configuration of Hadoop with {@link #settings()}. */
  public Configuration hadoop() {
    Configuration hadoop = new Configuration();
    settings().forEach(hadoop::set);
    return hadoop;
  }

  /** Makes a bucket that no test had before, and returns its name. */
  public String newBucket() {
    String name = "bucket-" + buckets.incrementAndGet();
    client.createBucket(request -> request.bucket(name));
    return name;
  }

  /** The keys of a bucket's objects that begin so, ascending. */
  public List<String> keys(String bucket, String prefix) {
    return client
        .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix))
        .contents()
        .stream()
        .map(S3Object::key)
        .sorted()
        .toList();
  }

  /** An object's bytes. */
  public byte[] read(String bucket, String key) {
    try (ResponseInputStream<GetObjectResponse> object =
        client.getObject(request -> request.bucket(bucket).key(key))) {
      return object.readAllBytes();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Puts an object, over the one that was there. */
  public void write(String bucket, String key, byte[] bytes) {
    client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(bytes));
  }

  /** Deletes an object. */
  public void delete(String bucket, String key) {
    client.deleteObject(request -> request.bucket(bucket).key(key));
  }

  @Override
  public void close() {
    client.close();
    process.destroyForcibly();
    try {
      process.waitFor();
      FileUtils.deleteDirectory(folder.toFile());
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
