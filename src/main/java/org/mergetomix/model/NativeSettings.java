package org.mergetomix.model;

import ai.djl.engine.Engine;

/** How PyTorch runs inside this process; set before anything native is loaded. */
public final class NativeSettings {

  private NativeSettings() {}

  /**
   * Makes results repeatable and keeps everything offline: one native thread a model, since sums
   * depend on the number of threads and the task slots already use every core; no run-time graph
   * optimiser, since it changes the arithmetic after the first calls of a thread. What the user set
   * as a system property stays.
   */
  public static void apply() {
    setIfMissing("ai.djl.offline", "true");
    setIfMissing("ai.djl.pytorch.num_threads", "1");
    setIfMissing("ai.djl.pytorch.num_interop_threads", "1");
    setIfMissing("ai.djl.pytorch.graph_optimizer", "false");
  }

  /** The engine and its version, for the run record; loads the native library. */
  public static String engineVersion() {
    apply();
    Engine engine = Engine.getEngine(LiveModel.ENGINE);
    return engine.getEngineName() + " " + engine.getVersion();
  }

  private static void setIfMissing(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }
}
