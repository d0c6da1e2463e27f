package sluice.fuzz;

import java.util.Locale;

/** Everything that reads bytes of others; {@code inputs} is how many the run of {@code mvn verify} feeds it. */
enum FuzzTarget {
    /** A client's first bytes, of which it is told whether it speaks SV1 or SV2. */
    FIRST_BYTES(1_500, FirstBytesTarget::run),
    /** Frame headers and frames. */
    SV2_FRAME(10_000, Sv2WireTargets::frame),
    /** The payloads of all SV2 messages: two bytes of extension and type, and the payload. */
    SV2_MESSAGE(50_000, Sv2WireTargets::message),
    /** TLV fields behind a message. */
    SV2_TLV(20_000, Sv2WireTargets::tlv),
    /** Act 1 of a handshake, from a miner. */
    NOISE_RESPONDER(500, NoiseTargets::responder),
    /** Act 2 of a handshake, from a pool that is a stranger, a liar or somebody in between. */
    NOISE_INITIATOR(500, NoiseTargets::initiator),
    /** Records of an encrypted connection that somebody in between changes. */
    NOISE_TRANSPORT(500, NoiseTargets::transport),
    /** A miner's bytes, cut into lines and decoded. */
    SV1_CLIENT_LINES(10_000, Sv1LineTargets::client),
    /** The same of a pool. */
    SV1_SERVER_LINES(10_000, Sv1LineTargets::server),
    /** Raw transactions and blocks. */
    TRANSACTION(30_000, BitcoinTargets::transaction),
    /** The halves of a pool's coinbase. */
    COINBASE(20_000, BitcoinTargets::coinbase),
    /** Addresses, descriptors, base58 and bech32. */
    ADDRESS(10_000, BitcoinTargets::address),
    /** Authority keys, public and secret. */
    AUTHORITY_KEY(10_000, BitcoinTargets::authorityKey),
    /** A node's block template. */
    BLOCK_TEMPLATE(5_000, BitcoinTargets::blockTemplate),
    /** The operator's file. */
    CONFIG(200, ConfigTargets::file),
    /** URLs, addresses, patterns and times in it. */
    CONFIG_VALUE(10_000, ConfigTargets::value),
    /** An SV1 miner's conversation, and what happens around it. */
    SV1_MINER(1_500, MinerTargets::sv1),
    /** The same of an SV2 miner. */
    SV2_MINER(1_500, MinerTargets::sv2),
    /** An SV1 pool's conversation, and what comes of it on a route and at its miners. */
    SV1_POOL(1_200, PoolTargets::sv1),
    /** The same of an SV2 pool. */
    SV2_POOL(1_200, PoolTargets::sv2),
    /** The conversation of a job declaration server. */
    JOB_DECLARATOR(10_000, DeclaratorTarget::run),
    /** The digests of strangers at the port for MiningOS. */
    DIGEST(10_000, DigestTarget::run),
    /** Requests to the API: head, query, body. */
    API_REQUEST(5_000, ApiTargets::request),
    /** Ids of events, with which callers come back. */
    EVENT_ID(20_000, ApiTargets::eventId);

    private final int inputs;
    private final Fuzzed fuzzed;

    FuzzTarget(int inputs, Fuzzed fuzzed) {
        this.inputs = inputs;
        this.fuzzed = fuzzed;
    }

    /** How it is called in file names and tables. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static FuzzTarget named(String label) {
        for (FuzzTarget target : values()) {
            if (target.label().equals(label)) {
                return target;
            }
        }
        throw new IllegalArgumentException("no fuzz target is called " + label);
    }

    int inputs() {
        return inputs;
    }

    void run(byte[] input) {
        fuzzed.run(input);
    }
}
