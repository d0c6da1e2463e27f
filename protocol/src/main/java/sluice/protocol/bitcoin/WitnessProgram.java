package sluice.protocol.bitcoin;

import sluice.protocol.Bytes;

/**
 * A segregated witness output as an address carries it (BIP141, BIP173, BIP350).
 *
 * @param version 0..16
 * @param program 2..40 bytes; 20 or 32 for version 0
 */
record WitnessProgram(int version, Bytes program) {
    private static final int MAX_VERSION = 16;
    private static final int MIN_LENGTH = 2;
    private static final int MAX_LENGTH = 40;
    private static final int V0_KEY_LENGTH = 20;
    private static final int V0_SCRIPT_LENGTH = 32;

    WitnessProgram {
        if (version < 0 || version > MAX_VERSION) {
            throw new IllegalArgumentException("a witness version lies in 0..16, not " + version);
        }
        int length = program.length();
        if (length < MIN_LENGTH || length > MAX_LENGTH) {
            throw new IllegalArgumentException("a witness program has 2..40 bytes, not " + length);
        }
        if (version == 0 && length != V0_KEY_LENGTH && length != V0_SCRIPT_LENGTH) {
            throw new IllegalArgumentException("a witness program of version 0 has 20 or 32 bytes, not " + length);
        }
    }

    /** Throws IllegalArgumentException saying what is wrong. */
    static WitnessProgram of(Bech32.Decoded decoded) {
        Bytes data = decoded.data();
        if (data.isEmpty()) {
            throw new IllegalArgumentException("the address ends before its witness version");
        }
        WitnessProgram program = new WitnessProgram(data.at(0), Bech32.toEights(data.slice(1, data.length())));
        if (decoded.variant() != program.variant()) {
            throw new IllegalArgumentException("witness version " + program.version + " is written in "
                    + program.variant() + ", this text in " + decoded.variant());
        }
        return program;
    }

    String encode(String prefix) {
        return Bech32.encode(variant(), prefix, Bytes.concat(Bytes.of((byte) version), Bech32.toFives(program)));
    }

    Bytes script() {
        return Script.witness(version, program);
    }

    private Bech32.Variant variant() {
        return version == 0 ? Bech32.Variant.BECH32 : Bech32.Variant.BECH32M;
    }
}
