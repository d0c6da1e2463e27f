package sluice.protocol.bitcoin;

import sluice.protocol.Bytes;

/**
 * Where coins go, as an operator writes it: {@code addr(ADDRESS)} or {@code raw(HEX)} (BIP385), each with or without its
 * {@code #checksum} (BIP380), or a bare address.
 *
 * @param text as it was written
 * @param script the output script
 */
public record Descriptor(String text, Bytes script) {
    /** The longest script that consensus lets be spent, in bytes. */
    public static final int MAX_SCRIPT_LENGTH = 10_000;

    private static final String INPUT_CHARSET = "0123456789()[],'/*abcdefgh@:$%{}"
            + "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~"
            + "ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
    private static final long[] GENERATOR = {0xf5dee51989L, 0xa9fdca3312L, 0x1bab10e32dL, 0x3706b1677aL, 0x644d626ffdL};
    private static final int CHECKSUM_LENGTH = 8;

    /** Parses {@code text}. Throws IllegalArgumentException that names what is wrong and the fix. */
    public static Descriptor parse(String text, Network network) {
        String body = withoutChecksum(text.strip());
        int open = body.indexOf('(');
        if (open < 0) {
            return new Descriptor(text, Address.parse(body, network).script());
        }
        if (!body.endsWith(")")) {
            throw new IllegalArgumentException("descriptor \"" + text + "\": the closing ) is missing");
        }
        String argument = body.substring(open + 1, body.length() - 1);
        return switch (body.substring(0, open)) {
            case "addr" -> new Descriptor(text, Address.parse(argument, network).script());
            case "raw" -> new Descriptor(text, rawScript(text, argument));
            default ->
                throw new IllegalArgumentException("descriptor \"" + text + "\": only addr(ADDRESS) and raw(HEX) are"
                        + " understood; derive an address from your wallet and write addr(ADDRESS)");
        };
    }

    /** The eight characters that BIP380 appends to {@code body} behind a {@code #}. */
    public static String checksum(String body) {
        long sum = 1;
        int groups = 0;
        int group = 0;
        for (int i = 0; i < body.length(); i++) {
            int value = INPUT_CHARSET.indexOf(body.charAt(i));
            if (value < 0) {
                throw new IllegalArgumentException("'" + body.charAt(i) + "' stands in no descriptor");
            }
            sum = step(sum, value & 31);
            group = group * 3 + (value >> 5);
            groups++;
            if (groups == 3) {
                sum = step(sum, group);
                group = 0;
                groups = 0;
            }
        }
        if (groups > 0) {
            sum = step(sum, group);
        }
        for (int i = 0; i < CHECKSUM_LENGTH; i++) {
            sum = step(sum, 0);
        }
        sum ^= 1;
        StringBuilder checksum = new StringBuilder(CHECKSUM_LENGTH);
        for (int i = CHECKSUM_LENGTH - 1; i >= 0; i--) {
            checksum.append(Bech32.CHARSET.charAt((int) (sum >>> (5 * i)) & 31));
        }
        return checksum.toString();
    }

    private static String withoutChecksum(String text) {
        int hash = text.lastIndexOf('#');
        if (hash < 0) {
            return text;
        }
        String body = text.substring(0, hash);
        String expected = checksum(body);
        if (!expected.equals(text.substring(hash + 1))) {
            throw new IllegalArgumentException("descriptor \"" + text + "\": the checksum would be #" + expected
                    + "; a character is mistyped, or leave the # part out");
        }
        return body;
    }

    private static Bytes rawScript(String text, String hex) {
        Bytes script;
        try {
            script = Bytes.fromHex(hex);
        } catch (IllegalArgumentException notHex) {
            throw new IllegalArgumentException(
                    "descriptor \"" + text + "\": raw() takes an output script in hex, two digits per byte", notHex);
        }
        if (script.isEmpty() || script.length() > MAX_SCRIPT_LENGTH) {
            throw new IllegalArgumentException(
                    "descriptor: raw() takes a script of 1.." + MAX_SCRIPT_LENGTH + " bytes, not " + script.length());
        }
        return script;
    }

    private static long step(long sum, int value) {
        int top = (int) (sum >>> 35);
        long next = (sum & 0x7ffffffffL) << 5 ^ value;
        for (int i = 0; i < GENERATOR.length; i++) {
            if ((top >> i & 1) != 0) {
                next ^= GENERATOR[i];
            }
        }
        return next;
    }
}
