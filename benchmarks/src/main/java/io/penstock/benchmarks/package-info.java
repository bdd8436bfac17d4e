/**
 * Speed, measured: one class for each claim. Run with {@code java -jar
 * benchmarks/target/benchmarks.jar}.
 */
package io.penstock.benchmarks;
