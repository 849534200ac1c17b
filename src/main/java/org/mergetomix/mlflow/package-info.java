/**
 * What a search found, told to an MLflow server, for those who look there: one run a search, never
 * one a mixture. {@link org.mergetomix.mlflow.MlflowServer} speaks its REST interface, {@link
 * org.mergetomix.mlflow.SearchRun} says what a search is there.
 */
package org.mergetomix.mlflow;
