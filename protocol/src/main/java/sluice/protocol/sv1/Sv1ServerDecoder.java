package sluice.protocol.sv1;

import java.util.ArrayList;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv1.Sv1Params.BadParam;
import sluice.protocol.sv1.Sv1ServerMessage.GetVersion;
import sluice.protocol.sv1.Sv1ServerMessage.Malformed;
import sluice.protocol.sv1.Sv1ServerMessage.Notify;
import sluice.protocol.sv1.Sv1ServerMessage.Ping;
import sluice.protocol.sv1.Sv1ServerMessage.Reconnect;
import sluice.protocol.sv1.Sv1ServerMessage.SetDifficulty;
import sluice.protocol.sv1.Sv1ServerMessage.SetExtranonce;
import sluice.protocol.sv1.Sv1ServerMessage.SetVersionMask;
import sluice.protocol.sv1.Sv1ServerMessage.ShowMessage;
import sluice.protocol.sv1.Sv1ServerMessage.Unknown;
import tools.jackson.core.JsonToken;

/**
 * Reads the lines of a Stratum V1 pool. Keeps nothing from line to line, so one decoder serves every connection of an
 * event loop; confined to that loop.
 */
public final class Sv1ServerDecoder {
    private static final int MAX_PORT = 65_535;

    private final Sv1Envelope envelope = new Sv1Envelope(Sv1Limits.SERVER);

    /**
     * Decodes a line of {@code length} bytes, without its line end. Params that make no sense for their method give
     * {@link Malformed}; throws ProtocolViolation where the line is not a Stratum message at all.
     */
    public Sv1ServerMessage decode(byte[] line, int offset, int length) {
        try {
            envelope.read(line, offset, length);
            String name = envelope.method();
            return name == null ? envelope.response() : request(name);
        } finally {
            envelope.tokens.clear();
        }
    }

    /** As {@link #decode(byte[], int, int)}, for a line that was kept. */
    public Sv1ServerMessage decode(Bytes line) {
        return decode(line.toArray(), 0, line.length());
    }

    private Sv1ServerMessage request(String name) {
        Sv1Id id = envelope.id();
        Sv1Method method = Sv1Method.fromServer(name);
        if (method == null) {
            return new Unknown(id, name, envelope.rawParams());
        }
        try {
            envelope.selectParams();
            return request(id, method, envelope.params);
        } catch (BadParam e) {
            return new Malformed(id, method, e.getMessage());
        }
    }

    private Sv1ServerMessage request(Sv1Id id, Sv1Method method, Sv1Params params) throws BadParam {
        return switch (method) {
            case NOTIFY -> notify(params);
            case SET_DIFFICULTY -> new SetDifficulty(difficulty(params));
            case SET_EXTRANONCE -> setExtranonce(params);
            case SET_VERSION_MASK -> new SetVersionMask(params.u32(0, "mask"));
            case RECONNECT -> reconnect(params);
            case SHOW_MESSAGE -> new ShowMessage(params.textOrEmpty(0, "text"));
            case GET_VERSION -> new GetVersion(id);
            case PING -> new Ping(id);
            case CONFIGURE,
                    SUBSCRIBE,
                    AUTHORIZE,
                    SUBMIT,
                    SUGGEST_DIFFICULTY,
                    SUGGEST_TARGET,
                    EXTRANONCE_SUBSCRIBE,
                    MULTI_VERSION,
                    GET_TRANSACTIONS,
                    CAPABILITIES -> throw new AssertionError(method);
        };
    }

    private static double difficulty(Sv1Params params) throws BadParam {
        double difficulty = params.decimal(0, "difficulty");
        if (difficulty <= 0) {
            throw new BadParam("difficulty is not above 0");
        }
        return difficulty;
    }

    private Notify notify(Sv1Params params) throws BadParam {
        Hash256 prevHash = Sv1PrevHash.swap(params.hashAt(params.at(1), "prevhash"));
        return new Notify(
                params.text(0, "job id"),
                prevHash,
                params.hex(2, "coinb1"),
                params.hex(3, "coinb2"),
                merkleBranch(params.at(4)),
                params.u32(5, "version"),
                params.u32(6, "nbits"),
                params.u32(7, "ntime"),
                params.bool(8, "clean_jobs"));
    }

    private List<Hash256> merkleBranch(int array) throws BadParam {
        JsonTokens tokens = envelope.tokens;
        if (array < 0 || tokens.kind(array) != JsonToken.START_ARRAY) {
            throw new BadParam("merkle_branch is not an array");
        }
        List<Hash256> branch = new ArrayList<>();
        for (int at = array + 1; tokens.kind(at) != JsonToken.END_ARRAY; at = tokens.end(at)) {
            if (branch.size() == Notify.MAX_MERKLE_BRANCH) {
                throw new BadParam("merkle_branch has more than " + Notify.MAX_MERKLE_BRANCH + " hashes");
            }
            branch.add(envelope.params.hashAt(at, "merkle_branch"));
        }
        return branch;
    }

    private static SetExtranonce setExtranonce(Sv1Params params) throws BadParam {
        Bytes extranonce1 = params.hex(0, "extranonce1");
        int extranonce2Size = params.integer(1, "extranonce2 size");
        int most = Sv1Result.Subscribed.MAX_EXTRANONCE_SIZE;
        if (extranonce1.length() > most || extranonce2Size > most) {
            throw new BadParam("an extranonce half is longer than " + most + " bytes");
        }
        return new SetExtranonce(extranonce1, extranonce2Size);
    }

    private static Reconnect reconnect(Sv1Params params) throws BadParam {
        int port = params.isNullOrAbsent(1) ? 0 : params.integer(1, "port");
        if (port > MAX_PORT) {
            throw new BadParam("port is above " + MAX_PORT);
        }
        int waitSeconds = params.isNullOrAbsent(2) ? 0 : params.integer(2, "wait");
        return new Reconnect(params.textOrEmpty(0, "host"), port, waitSeconds);
    }
}
