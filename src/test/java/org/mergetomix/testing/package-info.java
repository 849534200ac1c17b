/**
 * What the tests of several rooms share: {@link org.mergetomix.testing.SparkSessionExtension} hands
 * a test the one local Spark session, {@link org.mergetomix.testing.DatasetComparisons} compares
 * tables.
 */
package org.mergetomix.testing;
