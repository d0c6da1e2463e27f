package sluice.fuzz;

/** Where Jazzer comes in, in a process of its own; names and signatures are its. */
public final class JazzerEntry {
    private static FuzzTarget target;

    private JazzerEntry() {}

    /** @param arguments the target's label */
    public static void fuzzerInitialize(String[] arguments) {
        target = FuzzTarget.named(arguments[0]);
    }

    public static void fuzzerTestOneInput(byte[] input) {
        target.run(input);
    }
}
