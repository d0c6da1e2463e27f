package sluice.proxy.miner;

import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import sluice.protocol.sv2.noise.ServerTrust;

/**
 * What a CPU miner mines, where and how.
 *
 * @param host a name, or an address without brackets
 * @param trust whom to take for the server; of no meaning for SV1, which cannot tell
 * @param user {@code mining.authorize} user or SV2 user identity
 * @param load part of a processor that each thread takes, above 0 and up to 1
 * @param suggestedDifficulty asked for on SV1, where present
 * @param nominalHashesPerSecond told to an SV2 server; measured before the first connection where absent
 */
public record CpuMinerConfig(
        MinerProtocol protocol,
        String host,
        int port,
        ServerTrust trust,
        String user,
        String password,
        int threads,
        double load,
        OptionalDouble suggestedDifficulty,
        OptionalDouble nominalHashesPerSecond) {
    /** Threads beyond the processors of any machine are a mistake. */
    public static final int MAX_THREADS = 1024;

    /** What an SV2 user identity (STR0_255) holds. */
    public static final int MAX_USER_BYTES = 255;

    public CpuMinerConfig {
        if (threads < 1 || threads > MAX_THREADS) {
            throw new IllegalArgumentException("a miner has 1.." + MAX_THREADS + " threads, not " + threads);
        }
        if (!(load > 0 && load <= 1)) {
            throw new IllegalArgumentException("a thread's load lies above 0 and up to 1, not at " + load);
        }
        if (user.getBytes(StandardCharsets.UTF_8).length > MAX_USER_BYTES) {
            throw new IllegalArgumentException("a user has at most " + MAX_USER_BYTES + " bytes");
        }
    }

    /** An SV1 miner with password {@code x}. */
    public static CpuMinerConfig sv1(String host, int port, String user, int threads) {
        return new CpuMinerConfig(
                MinerProtocol.SV1,
                host,
                port,
                new ServerTrust.Unverified(),
                user,
                "x",
                threads,
                1,
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    /** An SV2 miner; {@code protocol} is one of the two SV2 ones. */
    public static CpuMinerConfig sv2(
            MinerProtocol protocol, String host, int port, ServerTrust trust, String user, int threads) {
        return new CpuMinerConfig(
                protocol, host, port, trust, user, "", threads, 1, OptionalDouble.empty(), OptionalDouble.empty());
    }

    /** The same miner, taking this part of a processor for each thread. */
    public CpuMinerConfig withLoad(double part) {
        return new CpuMinerConfig(
                protocol,
                host,
                port,
                trust,
                user,
                password,
                threads,
                part,
                suggestedDifficulty,
                nominalHashesPerSecond);
    }

    /** The same miner, told how fast it is, so that it need not measure. */
    public CpuMinerConfig withNominalHashesPerSecond(double hashesPerSecond) {
        return new CpuMinerConfig(
                protocol,
                host,
                port,
                trust,
                user,
                password,
                threads,
                load,
                suggestedDifficulty,
                OptionalDouble.of(hashesPerSecond));
    }

    /** The password may be a secret. */
    @Override
    public String toString() {
        return protocol + " as " + user + " at " + host + ":" + port + " with " + threads + " threads";
    }
}
