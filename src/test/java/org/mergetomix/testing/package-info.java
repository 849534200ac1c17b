/**
 * What the tests of several rooms share: {@link org.mergetomix.testing.SparkSessionExtension} hands
 * a test the one local Spark session, {@link org.mergetomix.testing.SmallRun} writes a real run in
 * small, {@link org.mergetomix.testing.SparkSubmit} starts the program as a cluster does, on a
 * {@link org.mergetomix.testing.StandaloneCluster} too, {@link
 * org.mergetomix.testing.ExecutorProcess} holds and kills one of its executors, {@link
 * org.mergetomix.testing.FaultyProxy} lets an S3 server meet a {@link
 * org.mergetomix.testing.Fault}, {@link org.mergetomix.testing.EventLog} tells how Spark's tasks
 * ended, {@link org.mergetomix.testing.DatasetComparisons} and {@link
 * org.mergetomix.testing.Golden} compare tables and texts.
 */
package org.mergetomix.testing;
