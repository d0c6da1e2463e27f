package sluice.proxy.miner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import sluice.protocol.sv2.noise.ServerTrust;

class CpuMinerConfigTest {
    private static CpuMinerConfig with(String user, int threads) {
        return CpuMinerConfig.sv1("pool.example", 3333, user, threads);
    }

    @Test
    void takesThreadsUpToItsLimit() {
        assertThat(with("w", CpuMinerConfig.MAX_THREADS).threads()).isEqualTo(1024);
        assertThatThrownBy(() -> with("w", CpuMinerConfig.MAX_THREADS + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> with("w", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesAPartOfAProcessorAndNotMoreThanAll() {
        assertThat(with("w", 1).withLoad(0.25).load()).isEqualTo(0.25);
        assertThat(with("w", 1).withLoad(1).load()).isEqualTo(1);
        for (double load : new double[] {0, -1, 1.01, Double.NaN}) {
            assertThatThrownBy(() -> with("w", 1).withLoad(load)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void takesAUserOfAsManyBytesAsSv2Carries() {
        String longest = "\u00e9".repeat(CpuMinerConfig.MAX_USER_BYTES / 2) + "x";
        assertThat(with(longest, 1).user()).isEqualTo(longest);
        assertThatThrownBy(() -> with(longest + "x", 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hidesThePasswordFromLogs() {
        CpuMinerConfig config = new CpuMinerConfig(
                MinerProtocol.SV1,
                "pool.example",
                3333,
                new ServerTrust.Unverified(),
                "acct.w",
                "secret",
                1,
                1,
                OptionalDouble.empty(),
                OptionalDouble.empty());
        assertThat(config.toString()).contains("acct.w", "pool.example:3333").doesNotContain("secret");
    }
}
