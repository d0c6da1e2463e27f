package sluice.fuzz;

/** Runs one input, and throws where anything is wrong with what came of it. */
@FunctionalInterface
interface Fuzzed {
    void run(byte[] input);
}
