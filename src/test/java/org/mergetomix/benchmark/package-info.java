/**
 * Benchmarks. Each says in its comment what it measures and what to compare it with; CONTRIBUTING
 * says how to run one. Figures count on an idle machine only.
 */
package org.mergetomix.benchmark;
