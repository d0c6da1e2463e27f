package sluice.protocol.sv1;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Text in, messages out: decoders see each line in the middle of a larger array, as they do behind a socket. */
final class Lines {
    private static final int OFFSET = 7;

    private Lines() {}

    static Sv1ClientMessage client(String line) {
        byte[] padded = pad(line.getBytes(UTF_8));
        return new Sv1ClientDecoder().decode(padded, OFFSET, padded.length - 2 * OFFSET);
    }

    static Sv1ServerMessage server(String line) {
        byte[] padded = pad(line.getBytes(UTF_8));
        return new Sv1ServerDecoder().decode(padded, OFFSET, padded.length - 2 * OFFSET);
    }

    /** The encoded line without its line end. */
    static String encode(Sv1Message message) {
        String line = new String(Sv1Encoder.encode(message), UTF_8);
        if (!line.endsWith("\n") || line.indexOf('\n') != line.length() - 1) {
            throw new AssertionError("not one line: " + line);
        }
        return line.substring(0, line.length() - 1);
    }

    private static byte[] pad(byte[] line) {
        byte[] padded = new byte[line.length + 2 * OFFSET];
        Arrays.fill(padded, (byte) '}');
        System.arraycopy(line, 0, padded, OFFSET, line.length);
        return padded;
    }
}
