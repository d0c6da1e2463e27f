package sluice.protocol.sv1;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1Params.BadParam;
import sluice.protocol.sv2.wire.ProtocolViolation;
import tools.jackson.core.JsonToken;

/** The outer object of a line, in any order of its fields: what both decoders share. Re-used from line to line. */
final class Sv1Envelope {
    final JsonTokens tokens;
    final Sv1Params params;

    private Sv1Id id;
    private String method;
    private int paramsAt;
    private int resultAt;
    private int errorAt;
    private int rejectReasonAt;

    Sv1Envelope(Sv1Limits limits) {
        this.tokens = new JsonTokens(limits);
        this.params = new Sv1Params(tokens);
    }

    /** Reads a line. Throws ProtocolViolation unless it is a request, a notification or an answer. */
    void read(byte[] line, int offset, int length) {
        tokens.read(line, offset, length);
        id = Sv1Id.ABSENT;
        method = null;
        paramsAt = -1;
        resultAt = -1;
        errorAt = -1;
        rejectReasonAt = -1;
        for (int at = 1; tokens.kind(at) != JsonToken.END_OBJECT; at = tokens.end(at + 1)) {
            int value = at + 1;
            switch (tokens.text(at)) {
                case "id" -> id = idAt(value);
                case "method" -> method = methodAt(value);
                case "params" -> paramsAt = value;
                case "result" -> resultAt = value;
                case "error" -> errorAt = value;
                case "reject-reason" -> rejectReasonAt = value;
                default -> {}
            }
        }
        if (method == null && resultAt < 0 && errorAt < 0) {
            throw new ProtocolViolation(Sv1Violations.NOT_A_MESSAGE, "neither method nor result nor error");
        }
    }

    Sv1Id id() {
        return id;
    }

    /** Null for an answer. */
    String method() {
        return method;
    }

    /** Points {@link #params} at the params array. */
    void selectParams() throws BadParam {
        params.select(paramsAt);
    }

    /** The params as the peer wrote them; empty where absent. */
    Bytes rawParams() {
        return paramsAt < 0 ? Bytes.EMPTY : tokens.raw(paramsAt);
    }

    private Sv1Id idAt(int at) {
        Sv1Id id = switch (tokens.kind(at)) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Sv1Id.ofNumber(tokens.text(at));
            case VALUE_NULL -> Sv1Id.NULL;
            case VALUE_TRUE -> new Sv1Id("true");
            case VALUE_FALSE -> new Sv1Id("false");
            case VALUE_STRING -> new Sv1Id(JsonWriter.text(tokens.raw(at)));
            default -> throw new ProtocolViolation(Sv1Violations.BAD_ID, "the id is an array or an object");
        };
        if (id.json().length() > Sv1Id.MAX_LENGTH) {
            throw new ProtocolViolation(Sv1Violations.BAD_ID, "the id is longer than " + Sv1Id.MAX_LENGTH);
        }
        return id;
    }

    private String methodAt(int at) {
        return switch (tokens.kind(at)) {
            case VALUE_STRING -> tokens.text(at);
            case VALUE_NULL -> null;
            default -> throw new ProtocolViolation(Sv1Violations.NOT_A_MESSAGE, "the method is not a string");
        };
    }

    /** The line as an answer. */
    Sv1Response response() {
        Optional<String> rejectReason =
                rejectReasonAt < 0 ? Optional.empty() : Optional.ofNullable(tokens.text(rejectReasonAt));
        return new Sv1Response(id, result(), error(), rejectReason);
    }

    private Sv1Result result() {
        if (resultAt < 0) {
            return Sv1Result.NULL;
        }
        return switch (tokens.kind(resultAt)) {
            case VALUE_NULL -> Sv1Result.NULL;
            case VALUE_TRUE -> Sv1Result.TRUE;
            case VALUE_FALSE -> Sv1Result.FALSE;
            case VALUE_STRING -> new Sv1Result.Text(tokens.text(resultAt));
            case START_ARRAY -> subscribedOrOther();
            case START_OBJECT -> configuredOrOther();
            default -> new Sv1Result.Other(tokens.raw(resultAt));
        };
    }

    // The answer to subscribe is the only array of three that ends in a string and a number.
    private Sv1Result subscribedOrOther() {
        try {
            params.select(resultAt);
            if (params.count() == 3 && tokens.kind(params.at(0)) == JsonToken.START_ARRAY) {
                Bytes extranonce1 = params.hex(1, "extranonce1");
                int extranonce2Size = params.integer(2, "extranonce2 size");
                if (extranonce1.length() <= Sv1Result.Subscribed.MAX_EXTRANONCE_SIZE
                        && extranonce2Size <= Sv1Result.Subscribed.MAX_EXTRANONCE_SIZE) {
                    return new Sv1Result.Subscribed(subscriptions(params.at(0)), extranonce1, extranonce2Size);
                }
            }
        } catch (BadParam notASubscription) {
            // Other.json shows the caller what came instead.
        }
        return new Sv1Result.Other(tokens.raw(resultAt));
    }

    // Some servers send one pair where others send a list of pairs.
    private List<Sv1Result.Subscription> subscriptions(int array) {
        List<Sv1Result.Subscription> found = new ArrayList<>();
        int end = tokens.end(array);
        for (int at = array; at < end - 1; at++) {
            if (tokens.kind(at) == JsonToken.START_ARRAY
                    && tokens.kind(at + 1) == JsonToken.VALUE_STRING
                    && tokens.text(at + 2) != null) {
                found.add(new Sv1Result.Subscription(tokens.text(at + 1), tokens.text(at + 2)));
            }
        }
        return found;
    }

    private Sv1Result configuredOrOther() {
        Map<String, Boolean> granted = new LinkedHashMap<>();
        long mask = 0;
        for (int at = resultAt + 1; tokens.kind(at) != JsonToken.END_OBJECT; at = tokens.end(at + 1)) {
            String name = tokens.text(at);
            if (name.equals(Sv1ClientMessage.Configure.VERSION_ROLLING + ".mask")) {
                try {
                    mask = params.u32At(at + 1, name);
                } catch (BadParam notAMask) {
                    return new Sv1Result.Other(tokens.raw(resultAt));
                }
            } else if (name.indexOf('.') < 0) {
                granted.put(name, tokens.kind(at + 1) == JsonToken.VALUE_TRUE);
            }
        }
        // Granted without a bit to roll, or a mask without the grant, both mean that nothing may be rolled.
        boolean rolling = mask != 0 && granted.getOrDefault(Sv1ClientMessage.Configure.VERSION_ROLLING, false);
        if (!rolling) {
            mask = 0;
            granted.computeIfPresent(Sv1ClientMessage.Configure.VERSION_ROLLING, (name, verdict) -> false);
        }
        return new Sv1Result.Configured(granted, mask);
    }

    private Optional<Sv1Error> error() {
        if (errorAt < 0) {
            return Optional.empty();
        }
        return switch (tokens.kind(errorAt)) {
            case VALUE_NULL, VALUE_FALSE -> Optional.empty();
            case START_ARRAY -> Optional.of(errorOfArray());
            case START_OBJECT -> Optional.of(errorOfObject());
            case VALUE_STRING -> Optional.of(Sv1Error.of(Sv1ErrorCode.OTHER, tokens.text(errorAt)));
            default -> Optional.of(Sv1Error.of(Sv1ErrorCode.OTHER));
        };
    }

    private Sv1Error errorOfArray() {
        int code = errorAt + 1;
        boolean hasCode = tokens.kind(code) != JsonToken.END_ARRAY;
        int text = hasCode ? tokens.end(code) : code;
        return error(hasCode ? code : -1, tokens.text(text));
    }

    // JSON-RPC 2 form: {"code": n, "message": "text"}.
    private Sv1Error errorOfObject() {
        int code = -1;
        String text = null;
        for (int at = errorAt + 1; tokens.kind(at) != JsonToken.END_OBJECT; at = tokens.end(at + 1)) {
            switch (tokens.text(at)) {
                case "code" -> code = at + 1;
                case "message" -> text = tokens.text(at + 1);
                default -> {}
            }
        }
        return error(code, text);
    }

    private Sv1Error error(int codeAt, String text) {
        int code = Sv1ErrorCode.OTHER.number();
        if (codeAt >= 0 && tokens.text(codeAt) != null) {
            try {
                code = Integer.parseInt(tokens.text(codeAt));
            } catch (NumberFormatException notANumber) {
                // The text still says what the server meant.
            }
        }
        return new Sv1Error(code, text == null ? "" : text);
    }
}
