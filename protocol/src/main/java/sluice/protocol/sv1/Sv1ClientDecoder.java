package sluice.protocol.sv1;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedSet;
import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1ClientMessage.Authorize;
import sluice.protocol.sv1.Sv1ClientMessage.Capabilities;
import sluice.protocol.sv1.Sv1ClientMessage.Configure;
import sluice.protocol.sv1.Sv1ClientMessage.ExtranonceSubscribe;
import sluice.protocol.sv1.Sv1ClientMessage.GetTransactions;
import sluice.protocol.sv1.Sv1ClientMessage.Malformed;
import sluice.protocol.sv1.Sv1ClientMessage.MultiVersion;
import sluice.protocol.sv1.Sv1ClientMessage.Ping;
import sluice.protocol.sv1.Sv1ClientMessage.Submit;
import sluice.protocol.sv1.Sv1ClientMessage.Subscribe;
import sluice.protocol.sv1.Sv1ClientMessage.SuggestDifficulty;
import sluice.protocol.sv1.Sv1ClientMessage.SuggestTarget;
import sluice.protocol.sv1.Sv1ClientMessage.Unknown;
import sluice.protocol.sv1.Sv1Params.BadParam;
import tools.jackson.core.JsonToken;

/**
 * Reads the lines of miners. Keeps nothing from line to line, so one decoder serves every connection of an event loop;
 * confined to that loop.
 */
public final class Sv1ClientDecoder {
    /** Most extension codes of one configure; four are known. */
    public static final int MAX_EXTENSIONS = 16;

    private final Sv1Envelope envelope = new Sv1Envelope(Sv1Limits.CLIENT);

    /**
     * Decodes a line of {@code length} bytes, without its line end. Params that make no sense for their method give
     * {@link Malformed}; throws ProtocolViolation where the line is not a Stratum message at all.
     */
    public Sv1ClientMessage decode(byte[] line, int offset, int length) {
        try {
            envelope.read(line, offset, length);
            String name = envelope.method();
            return name == null ? envelope.response() : request(name);
        } finally {
            envelope.tokens.clear();
        }
    }

    /** As {@link #decode(byte[], int, int)}, for a line that was kept. */
    public Sv1ClientMessage decode(Bytes line) {
        return decode(line.toArray(), 0, line.length());
    }

    private Sv1ClientMessage request(String name) {
        Sv1Id id = envelope.id();
        Sv1Method method = Sv1Method.fromClient(name);
        if (method == null) {
            return new Unknown(id, name, envelope.rawParams());
        }
        if (method == Sv1Method.CAPABILITIES) {
            return new Capabilities(id, envelope.rawParams());
        }
        try {
            envelope.selectParams();
            return request(id, method, name, envelope.params);
        } catch (BadParam e) {
            // Firmware knows 20 as the answer to a bad share and may take an unknown number for a dead pool.
            Sv1ErrorCode code = method == Sv1Method.SUBMIT ? Sv1ErrorCode.OTHER : Sv1ErrorCode.ILLEGAL_PARAMS;
            return new Malformed(id, method, code, e.getMessage());
        }
    }

    private Sv1ClientMessage request(Sv1Id id, Sv1Method method, String name, Sv1Params params) throws BadParam {
        return switch (method) {
            case SUBMIT -> submit(id, params);
            case CONFIGURE -> configure(id, params);
            case SUBSCRIBE -> subscribe(id, params);
            case AUTHORIZE -> new Authorize(id, params.text(0, "user"), params.textOrEmpty(1, "password"));
            case SUGGEST_DIFFICULTY -> {
                String inName = Sv1Method.suggestedInName(name);
                yield new SuggestDifficulty(
                        id,
                        inName == null ? params.decimal(0, "difficulty") : Sv1Params.decimalOf(inName, "difficulty"));
            }
            case SUGGEST_TARGET -> new SuggestTarget(id, params.target(0, "target"));
            case EXTRANONCE_SUBSCRIBE -> new ExtranonceSubscribe(id);
            case MULTI_VERSION -> new MultiVersion(id, params.isNullOrAbsent(0) ? 0 : params.integer(0, "versions"));
            case GET_TRANSACTIONS -> new GetTransactions(id, params.textOrEmpty(0, "job id"));
            case PING -> new Ping(id);
            case CAPABILITIES,
                    NOTIFY,
                    SET_DIFFICULTY,
                    SET_EXTRANONCE,
                    SET_VERSION_MASK,
                    RECONNECT,
                    SHOW_MESSAGE,
                    GET_VERSION -> throw new AssertionError(method);
        };
    }

    private static Submit submit(Sv1Id id, Sv1Params params) throws BadParam {
        String worker = params.textOrEmpty(0, "worker");
        String jobId = params.text(1, "job id");
        OptionalLong versionBits =
                params.isNullOrAbsent(5) ? OptionalLong.empty() : OptionalLong.of(params.u32(5, "version bits"));
        return new Submit(
                id,
                worker,
                jobId,
                params.hex(2, "extranonce2"),
                params.u32(3, "ntime"),
                params.u32(4, "nonce"),
                versionBits);
    }

    private static Subscribe subscribe(Sv1Id id, Sv1Params params) throws BadParam {
        Optional<String> session = params.isNullOrAbsent(1) ? Optional.empty() : Optional.of(params.text(1, "session"));
        List<String> further = new ArrayList<>();
        for (int i = 2; i < params.count(); i++) {
            further.add(params.textOrEmpty(i, "param " + i));
        }
        return new Subscribe(id, params.textOrEmpty(0, "user agent"), session, further);
    }

    private Configure configure(Sv1Id id, Sv1Params params) throws BadParam {
        int codesAt = params.at(0);
        int valuesAt = params.at(1);
        SequencedSet<String> extensions = extensions(codesAt);

        JsonTokens tokens = envelope.tokens;
        long mask = Configure.DEFAULT_MASK;
        OptionalInt minBitCount = OptionalInt.empty();
        OptionalDouble minimumDifficulty = OptionalDouble.empty();
        Map<String, String> info = new HashMap<>();
        if (valuesAt >= 0 && tokens.kind(valuesAt) == JsonToken.START_OBJECT) {
            for (int at = valuesAt + 1; tokens.kind(at) != JsonToken.END_OBJECT; at = tokens.end(at + 1)) {
                String name = tokens.text(at);
                int value = at + 1;
                if (tokens.kind(value) == JsonToken.VALUE_NULL) {
                    continue;
                }
                switch (name) {
                    case "version-rolling.mask" -> mask = params.u32At(value, name);
                    case "version-rolling.min-bit-count" -> minBitCount = bitCount(value);
                    case "minimum-difficulty.value" ->
                        minimumDifficulty = OptionalDouble.of(params.decimalAt(value, name));
                    default -> {
                        if (name.startsWith("info.") && tokens.text(value) != null) {
                            info.put(name.substring("info.".length()), tokens.text(value));
                        }
                    }
                }
            }
        }
        return new Configure(id, List.copyOf(extensions), mask, minBitCount, minimumDifficulty, info);
    }

    private SequencedSet<String> extensions(int codesAt) throws BadParam {
        JsonTokens tokens = envelope.tokens;
        if (codesAt < 0 || tokens.kind(codesAt) != JsonToken.START_ARRAY) {
            throw new BadParam("the first param is not a list of extensions");
        }
        SequencedSet<String> extensions = new LinkedHashSet<>();
        for (int at = codesAt + 1; tokens.kind(at) != JsonToken.END_ARRAY; at = tokens.end(at)) {
            if (tokens.kind(at) != JsonToken.VALUE_STRING) {
                throw new BadParam("an extension code is not a string");
            }
            if (canBeExtension(tokens.text(at))) {
                extensions.add(tokens.text(at));
            }
            if (extensions.size() > MAX_EXTENSIONS) {
                throw new BadParam("more than " + MAX_EXTENSIONS + " extensions");
            }
        }
        return extensions;
    }

    // The answer has a field of this name. With a dot it is a param's (BIP310), which the answer might hold already,
    // and no
    // reader takes a longer one.
    private static boolean canBeExtension(String code) {
        return code.indexOf('.') < 0 && code.length() <= Sv1Limits.CLIENT.nameLength();
    }

    // A wish of the miner: not worth a refusal, whatever it looks like.
    private OptionalInt bitCount(int at) {
        try {
            return OptionalInt.of(envelope.params.integerAt(at, "min-bit-count"));
        } catch (BadParam e) {
            return OptionalInt.empty();
        }
    }
}
