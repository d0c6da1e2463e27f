package sluice.proxy.mining.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.mining.profile.ProfileTables.book;

import java.net.InetAddress;
import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import sluice.config.DifficultyForm;
import sluice.config.ProfileSettings;
import sluice.config.VardiffConfig;

class ProfileBookTest {
    private static final MinerOrigin LAN = new MinerOrigin(InetAddress.ofLiteral("10.0.1.7"), "default");

    @Test
    void aMinerThatNoProfileIsForIsLikeAnyOther() {
        ProfileBook book = book("[vardiff]\nshares_per_minute = 10\nmin_difficulty = 4\n");

        MinerProfile plain = book.of(LAN, "farm.1", "cgminer/4.12.1");
        assertThat(plain.names()).isEmpty();
        assertThat(plain.vardiff()).isEqualTo(new VardiffConfig(true, 10, 4, 8192));
        assertThat(plain.difficultyForm()).isEqualTo(DifficultyForm.ANY);
        assertThat(plain.keepalive()).isEmpty();
        assertThat(plain.jobInterval()).isEqualTo(Duration.ZERO);
        assertThat(plain.isBeyondBudget(1_000_000)).isFalse();
    }

    @Test
    void ofEachSettingTheFirstProfileThatMatchesAndGivesItDecides() {
        ProfileBook book = book("""
                [[profile]]
                name = "hall"
                addresses = ["10.0.1.0/24"]
                shares_per_minute = 20
                [[profile]]
                name = "elsewhere"
                addresses = ["10.0.2.0/24"]
                min_difficulty = 1
                [[profile]]
                name = "farm"
                users = ["farm.*"]
                shares_per_minute = 3
                max_difficulty = 4000
                """);

        MinerProfile profile = book.of(LAN, "farm.1", "");
        assertThat(profile.names()).containsExactly("hall", "farm");
        assertThat(profile.vardiff()).isEqualTo(new VardiffConfig(true, 20, 1, 4000, 4000));
        assertThat(book.of(LAN, "other", "").names()).containsExactly("hall");
    }

    @Test
    void whatIsKnownOfFirmwareGivesWayToTheOperator() {
        String bitaxe = "bitaxe/BM1366/v2.4.0";

        MinerProfile known = book("").of(LAN, "w", bitaxe);
        assertThat(known.names()).containsExactly("builtin.esp-miner");
        assertThat(known.difficultyForm()).isEqualTo(DifficultyForm.INTEGER);

        MinerProfile own = book("[[profile]]\nname = \"mine\"\nuser_agents = [\"BITAXE*\"]\ndifficulty_form = \"any\"\n"
                        + "min_difficulty = 0.01\ncoinbase_budget = 7000\n")
                .of(LAN, "w", bitaxe);
        assertThat(own.names()).containsExactly("mine", "builtin.esp-miner");
        assertThat(own.difficultyForm()).isEqualTo(DifficultyForm.ANY);
        assertThat(own.vardiff().minDifficulty()).isEqualTo(0.01);
        assertThat(own.isBeyondBudget(7000)).isFalse();
        assertThat(own.isBeyondBudget(7001)).isTrue();
    }

    @Test
    void theStartStaysWithinTheBounds() {
        assertThat(book("[[profile]]\nname = \"a\"\nusers = [\"*\"]\nmin_difficulty = 100000\n")
                        .of(LAN, "", "")
                        .vardiff())
                .isEqualTo(new VardiffConfig(true, 6, 100_000, 100_000));
    }

    @Test
    void noDifficultyBelowTheLeastIsChosenWhateverProfilesSay() {
        ProfileBook operators = book("""
                [vardiff]
                min_difficulty = 4
                start_difficulty = 16
                [[profile]]
                name = "small"
                users = ["small.*"]
                min_difficulty = 1
                start_difficulty = 2
                [[profile]]
                name = "capped"
                users = ["capped.*"]
                max_difficulty = 512
                """);
        ProfileBook raised = operators.withLeastDifficulty(OptionalDouble.of(1_024));

        assertThat(raised.vardiff().minDifficulty()).isEqualTo(1_024);
        assertThat(raised.vardiff().startDifficulty()).isEqualTo(1_024);
        assertThat(raised.of(LAN, "any", "").vardiff()).isEqualTo(raised.vardiff());
        assertThat(raised.of(LAN, "small.1", "").vardiff().minDifficulty()).isEqualTo(1_024);
        assertThat(raised.of(LAN, "small.1", "").vardiff().startDifficulty()).isEqualTo(1_024);
        assertThat(raised.of(LAN, "capped.1", "").vardiff())
                .as("no machine is told more than its profile allows")
                .isEqualTo(new VardiffConfig(true, 6, 512, 512, 512));

        ProfileBook again = raised.withLeastDifficulty(OptionalDouble.empty());
        assertThat(again.vardiff()).isEqualTo(operators.vardiff());
        assertThat(again.of(LAN, "small.1", "").vardiff().minDifficulty()).isEqualTo(1);
    }

    @Test
    void whereBoundsOfTwoProfilesContradictEachOtherTheUpperOneHolds() {
        MinerProfile profile = book("[[profile]]\nname = \"a\"\nusers = [\"*\"]\nmax_difficulty = 1000\n")
                .of(LAN, "w", "NiceHash/1.0.0");

        assertThat(profile.vardiff().minDifficulty()).isEqualTo(1000);
        assertThat(profile.vardiff().maxDifficulty()).isEqualTo(1000);
    }

    @Test
    void aMachineThatReadsWholeNumbersOnlyIsNeverRatedBelowOne() {
        MinerProfile profile = book("[vardiff]\nmin_difficulty = 0.001\nmax_difficulty = 0.5\nstart_difficulty = 0.1\n"
                        + "[[profile]]\nname = \"a\"\nusers = [\"*\"]\ndifficulty_form = \"integer\"\n")
                .of(LAN, "w", "");

        assertThat(profile.vardiff()).isEqualTo(new VardiffConfig(true, 6, 1, 1, 1));
    }

    @Test
    void aUserAgentHasNoControlCharactersAndABoundedLength() {
        assertThat(ProfileBook.readableUserAgent(" a\u0000b\r\n\u0085c ")).isEqualTo("abc");
        assertThat(ProfileBook.readableUserAgent("x".repeat(ProfileBook.MAX_USER_AGENT_LENGTH)))
                .hasSize(128);
        assertThat(ProfileBook.readableUserAgent("x".repeat(ProfileBook.MAX_USER_AGENT_LENGTH + 1)))
                .hasSize(128);
    }

    @Test
    void whatSettingsLeaveOpenOthersDecide() {
        ProfileSettings first =
                ProfileTables.forAll("min_difficulty = 2").getFirst().settings();
        ProfileSettings second = ProfileTables.forAll("min_difficulty = 3\nkeepalive = \"5s\"")
                .getFirst()
                .settings();

        assertThat(first.orElse(second)).hasToString("min_difficulty=2 keepalive=5s");
        assertThat(ProfileSettings.NOTHING.orElse(second)).isEqualTo(second);
        assertThat(ProfileSettings.NOTHING.isEmpty()).isTrue();
    }
}
