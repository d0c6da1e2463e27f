package sluice.protocol.bitcoin;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import sluice.protocol.Bytes;

/**
 * A payment address and the output script it stands for.
 *
 * @param text as it was written
 * @param network the network it was checked for
 * @param script the output script
 */
public record Address(String text, Network network, Kind kind, Bytes script) {
    private static final int VERSION_AND_HASH160 = 21;
    private static final int KEY_HASH_LENGTH = 20;
    private static final int TAPROOT_LENGTH = 32;

    /** The standard output scripts. */
    public enum Kind {
        P2PKH,
        P2SH,
        P2WPKH,
        P2WSH,
        P2TR
    }

    /** Parses {@code text}. Throws IllegalArgumentException that names the address, what is wrong, and the fix. */
    public static Address parse(String text, Network network) {
        try {
            return looksLikeBech32(text) ? segwit(text, network) : base58(text, network);
        } catch (IllegalArgumentException problem) {
            throw new IllegalArgumentException("address \"" + text + "\": " + problem.getMessage(), problem);
        }
    }

    /** The address that pays to {@code script}, if it is one of the standard scripts. */
    public static Optional<Address> ofScript(Bytes script, Network network) {
        for (Kind kind : Kind.values()) {
            Bytes hash = hashWithin(kind, script);
            if (!hash.isEmpty()) {
                return Optional.of(new Address(text(kind, hash, network), network, kind, script));
            }
        }
        return Optional.empty();
    }

    private static Address segwit(String text, Network network) {
        Bech32.Decoded decoded = Bech32.decode(text);
        requireNetwork(
                network,
                decoded.prefix().equals(network.bech32Prefix()),
                other -> decoded.prefix().equals(other.bech32Prefix()));
        WitnessProgram program = WitnessProgram.of(decoded);
        return new Address(text, network, kindOf(program), program.script());
    }

    private static Kind kindOf(WitnessProgram program) {
        int length = program.program().length();
        if (program.version() == 0) {
            return length == KEY_HASH_LENGTH ? Kind.P2WPKH : Kind.P2WSH;
        }
        if (program.version() == 1 && length == TAPROOT_LENGTH) {
            return Kind.P2TR;
        }
        // Consensus lets anyone spend these today.
        throw new IllegalArgumentException("witness version " + program.version() + " with " + length
                + " bytes has no meaning yet, so anyone could take the coins; use a P2WPKH, P2WSH or P2TR address");
    }

    private static Address base58(String text, Network network) {
        Bytes payload = Base58.decodeChecked(text);
        if (payload.length() != VERSION_AND_HASH160) {
            throw new IllegalArgumentException("holds " + payload.length() + " bytes, an address has "
                    + VERSION_AND_HASH160 + "; is it a private key?");
        }
        int version = payload.at(0) & 0xff;
        requireNetwork(network, isVersionOf(network, version), other -> isVersionOf(other, version));
        Bytes hash = payload.slice(1, payload.length());
        return version == network.publicKeyHashVersion()
                ? new Address(text, network, Kind.P2PKH, Script.p2pkh(hash))
                : new Address(text, network, Kind.P2SH, Script.p2sh(hash));
    }

    private static boolean isVersionOf(Network network, int version) {
        return version == network.publicKeyHashVersion() || version == network.scriptHashVersion();
    }

    private static void requireNetwork(Network wanted, boolean matches, Predicate<Network> isOf) {
        if (matches) {
            return;
        }
        String actual =
                Arrays.stream(Network.values()).filter(isOf).map(Network::label).collect(Collectors.joining(", "));
        throw new IllegalArgumentException((actual.isEmpty() ? "is of no Bitcoin network" : "is for " + actual)
                + ", not for " + wanted + "; use one that begins with " + wanted.addressBeginnings());
    }

    private static boolean looksLikeBech32(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return Arrays.stream(Network.values()).anyMatch(network -> lower.startsWith(network.bech32Prefix() + "1"));
    }

    /** The hash or key in {@code script} if it is of {@code kind}, else nothing. */
    private static Bytes hashWithin(Kind kind, Bytes script) {
        int start = switch (kind) {
            case P2PKH -> 3;
            case P2SH, P2WPKH, P2WSH, P2TR -> 2;
        };
        int length = switch (kind) {
            case P2PKH, P2SH, P2WPKH -> KEY_HASH_LENGTH;
            case P2WSH, P2TR -> TAPROOT_LENGTH;
        };
        if (script.length() < start + length) {
            return Bytes.EMPTY;
        }
        Bytes hash = script.slice(start, start + length);
        return script(kind, hash).equals(script) ? hash : Bytes.EMPTY;
    }

    private static Bytes script(Kind kind, Bytes hash) {
        return switch (kind) {
            case P2PKH -> Script.p2pkh(hash);
            case P2SH -> Script.p2sh(hash);
            case P2WPKH -> Script.p2wpkh(hash);
            case P2WSH -> Script.p2wsh(hash);
            case P2TR -> Script.p2tr(hash);
        };
    }

    private static String text(Kind kind, Bytes hash, Network network) {
        return switch (kind) {
            case P2PKH -> Base58.encodeChecked(Bytes.concat(Bytes.of((byte) network.publicKeyHashVersion()), hash));
            case P2SH -> Base58.encodeChecked(Bytes.concat(Bytes.of((byte) network.scriptHashVersion()), hash));
            case P2WPKH, P2WSH -> new WitnessProgram(0, hash).encode(network.bech32Prefix());
            case P2TR -> new WitnessProgram(1, hash).encode(network.bech32Prefix());
        };
    }
}
