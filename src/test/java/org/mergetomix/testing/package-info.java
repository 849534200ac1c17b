/**
 * What the tests of several rooms share: {@link org.mergetomix.testing.SparkSessionExtension} hands
 * a test the one local Spark session, {@link org.mergetomix.testing.SmallRun} writes a real run in
 * small, {@link org.mergetomix.testing.SparkSubmit} starts the program as a cluster does, {@link
 * org.mergetomix.testing.DatasetComparisons} and {@link org.mergetomix.testing.Golden} compare
 * tables and texts.
 */
package org.mergetomix.testing;
