package sluice.protocol.sv1;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;

/** What a miner sends: requests, notifications (id null or absent) and answers to the server's requests. */
public sealed interface Sv1ClientMessage extends Sv1Message
        permits Sv1ClientMessage.Configure,
                Sv1ClientMessage.Subscribe,
                Sv1ClientMessage.Authorize,
                Sv1ClientMessage.Submit,
                Sv1ClientMessage.SuggestDifficulty,
                Sv1ClientMessage.SuggestTarget,
                Sv1ClientMessage.ExtranonceSubscribe,
                Sv1ClientMessage.MultiVersion,
                Sv1ClientMessage.GetTransactions,
                Sv1ClientMessage.Capabilities,
                Sv1ClientMessage.Ping,
                Sv1ClientMessage.Unknown,
                Sv1ClientMessage.Malformed,
                Sv1Response {

    /**
     * {@code mining.configure [[codes], {params}]} (BIP310). The answer needs an entry for each of {@code extensions},
     * known or not.
     *
     * @param extensions the codes in request order, without repetitions
     * @param versionRollingMask bits the miner can roll; ffffffff where it named none
     * @param versionRollingMinBitCount bits the miner would like at least; a wish, not a condition
     * @param minimumDifficulty {@code minimum-difficulty.value}
     * @param info {@code info.*} values without that prefix, for people
     */
    record Configure(
            Sv1Id id,
            List<String> extensions,
            long versionRollingMask,
            OptionalInt versionRollingMinBitCount,
            OptionalDouble minimumDifficulty,
            Map<String, String> info)
            implements Sv1ClientMessage {
        public static final String VERSION_ROLLING = "version-rolling";
        public static final String MINIMUM_DIFFICULTY = "minimum-difficulty";
        public static final String SUBSCRIBE_EXTRANONCE = "subscribe-extranonce";
        public static final String INFO = "info";

        /** The mask of a miner that named none. */
        public static final long DEFAULT_MASK = 0xffffffffL;

        public Configure {
            extensions = List.copyOf(extensions);
            info = Map.copyOf(info);
        }

        /** A request for version rolling alone. */
        public static Configure versionRolling(Sv1Id id, long mask) {
            return new Configure(
                    id, List.of(VERSION_ROLLING), mask, OptionalInt.empty(), OptionalDouble.empty(), Map.of());
        }

        public boolean requests(String extension) {
            return extensions.contains(extension);
        }
    }

    /**
     * {@code mining.subscribe} in all its forms: no params, user agent, session to resume, then host and port (or what
     * else a client puts there).
     *
     * @param userAgent empty where the client named none
     * @param session the earlier subscription or extranonce1 that the client asks to resume
     * @param further params behind the second as text, null as empty; informative only
     */
    record Subscribe(Sv1Id id, String userAgent, Optional<String> session, List<String> further)
            implements Sv1ClientMessage {
        public Subscribe {
            further = List.copyOf(further);
        }

        public static Subscribe of(Sv1Id id, String userAgent) {
            return new Subscribe(id, userAgent, Optional.empty(), List.of());
        }
    }

    /**
     * {@code mining.authorize [user, password]}.
     *
     * @param password empty where absent or null; often carries options such as {@code d=1000}
     */
    record Authorize(Sv1Id id, String user, String password) implements Sv1ClientMessage {
        /** Passwords are seldom secret on this protocol, but sometimes they are. */
        @Override
        public String toString() {
            return "Authorize[id=" + id + ", user=" + user + ", password=***]";
        }
    }

    /**
     * {@code mining.submit [worker, job id, extranonce2, ntime, nonce, version bits?]}.
     *
     * @param worker empty where null
     * @param extranonce2 of any length: the session judges it against the size it gave
     * @param ntime U32
     * @param nonce U32
     * @param versionBits U32, the rolled bits of BIP310; absent where the client sent five params or a null
     */
    record Submit(
            Sv1Id id, String worker, String jobId, Bytes extranonce2, long ntime, long nonce, OptionalLong versionBits)
            implements Sv1ClientMessage {}

    /**
     * {@code mining.suggest_difficulty [d]}, also with the number inside the method name.
     *
     * @param difficulty finite, of any sign and size: the session clamps it
     */
    record SuggestDifficulty(Sv1Id id, double difficulty) implements Sv1ClientMessage {}

    /** {@code mining.suggest_target [hex]}. */
    record SuggestTarget(Sv1Id id, Target target) implements Sv1ClientMessage {}

    /** {@code mining.extranonce.subscribe []}: the client follows {@code mining.set_extranonce}. */
    record ExtranonceSubscribe(Sv1Id id) implements Sv1ClientMessage {}

    /** {@code mining.multi_version [n]} of old Bitmain firmware. */
    record MultiVersion(Sv1Id id, int versions) implements Sv1ClientMessage {}

    /**
     * {@code mining.get_transactions [job id]}.
     *
     * @param jobId empty where the client named none
     */
    record GetTransactions(Sv1Id id, String jobId) implements Sv1ClientMessage {}

    /**
     * {@code mining.capabilities}, sent by bfgminer as a notification before it subscribes.
     *
     * @param params the JSON value as the client wrote it; empty where absent
     */
    record Capabilities(Sv1Id id, Bytes params) implements Sv1ClientMessage {}

    /** {@code mining.ping []}; the answer is {@code "pong"}. */
    record Ping(Sv1Id id) implements Sv1ClientMessage {}

    /**
     * A method that no client has.
     *
     * @param params the JSON value as the client wrote it; empty where absent
     */
    record Unknown(Sv1Id id, String method, Bytes params) implements Sv1ClientMessage {}

    /**
     * A known method whose params make no sense: answer {@code code} and live on.
     *
     * @param reason what is wrong, for the error text and the log
     */
    record Malformed(Sv1Id id, Sv1Method method, Sv1ErrorCode code, String reason) implements Sv1ClientMessage {
        public Sv1Response refusal() {
            return Sv1Response.refused(id, Sv1Error.of(code, reason));
        }
    }
}
