package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.problems;
import static sluice.config.Configuration.upstream;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileTablesTest {
    private static final InetAddress ANYWHERE = InetAddress.ofLiteral("10.0.1.77");

    /** Five lines and an empty one. */
    private static final String POOL = upstream("main");

    @Test
    void everyKeyOfAProfileIsRead() {
        GatewayConfig config = load(POOL + """
                [[profile]]
                name = "hall2"
                users = ["farm.*"]
                addresses = ["10.0.1.0/24"]
                listeners = ["default"]
                user_agents = ["Antminer S19*"]
                shares_per_minute = 12
                min_difficulty = 1024
                max_difficulty = 65536
                start_difficulty = 2048
                difficulty_form = "power-of-two"
                keepalive = "20s"
                coinbase_budget = 750
                job_interval = "5s"
                """);

        assertThat(config.profiles())
                .containsExactly(new ProfileConfig(
                        "hall2",
                        new MinerMatch(
                                List.of(UserPattern.parse("farm.*")),
                                List.of(AddressRange.parse("10.0.1.0/24")),
                                List.of("default"),
                                List.of(UserAgentPattern.parse("Antminer S19*"))),
                        new ProfileSettings(
                                Optional.of(12.0),
                                Optional.of(1024.0),
                                Optional.of(65536.0),
                                Optional.of(2048.0),
                                Optional.of(DifficultyForm.POWER_OF_TWO),
                                Optional.of(Duration.ofSeconds(20)),
                                Optional.of(750),
                                Optional.of(Duration.ofSeconds(5)))));
        assertThat(config.profiles().getFirst().settings())
                .hasToString("shares_per_minute=12 min_difficulty=1024 max_difficulty=65536 start_difficulty=2048"
                        + " difficulty_form=power-of-two keepalive=20s coinbase_budget=750 job_interval=5s");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shares_per_minute = 0        | shares_per_minute is 0, out of range; write a value from 0.1 to 6000",
                "min_difficulty = \"x\"       | min_difficulty is a text in quotes; write a number from 1e-9 to 1e15",
                "difficulty_form = \"even\"   | difficulty_form is no form of difficulties; write \"any\", \"integer\" or"
                        + " \"power-of-two\"",
                "keepalive = \"61s\"          | keepalive is 61s, out of range; write a value from 1s to 1m",
                "coinbase_budget = 99         | coinbase_budget is 99, out of range; write a value from 100 to 262144",
                "job_interval = \"31s\"       | job_interval is 31s, out of range; write a value from 0s to 30s",
            })
    void aSettingOutOfRangeIsAMistakeAtItsPlace(String line, String problem) {
        String all = onlyProblem(POOL + "[[profile]]\nname = \"a\"\nusers = [\"*\"]\n" + line + "\n");

        assertThat(all).startsWith("f:9:1: profile.a.").contains(problem);
    }

    @Test
    void boundsThatContradictEachOtherAreAMistake() {
        assertThat(onlyProblem(
                        POOL + "[[profile]]\nname = \"a\"\nusers = [\"*\"]\nmin_difficulty = 8\nmax_difficulty = 7\n"))
                .contains("profile.a.max_difficulty is lower than min_difficulty");
        assertThat(onlyProblem(POOL + "[vardiff]\nmin_difficulty = 8\nmax_difficulty = 7\n"))
                .contains("vardiff.max_difficulty is lower than min_difficulty");
        assertThat(onlyProblem(POOL + "[vardiff]\nmax_difficulty = 7\nstart_difficulty = 8\n"))
                .contains("vardiff.start_difficulty is higher than max_difficulty");
    }

    @Test
    void aStartThatNobodyWroteFollowsTheUpperBound() {
        assertThat(load(POOL + "[vardiff]\nmax_difficulty = 1000\n").vardiff())
                .isEqualTo(new VardiffConfig(true, 6, 1, 1000, 1000));
    }

    @Test
    void aProfileForNobodyOrOfAListenerThatDoesNotExistIsAMistake() {
        assertThat(onlyProblem(POOL + "[[profile]]\nname = \"a\"\nmin_difficulty = 8\n"))
                .contains("so the profile is for nobody");
        assertThat(onlyProblem(POOL + "[[profile]]\nname = \"a\"\nlisteners = [\"lan\"]\n"))
                .contains("profile.a.listeners names the listener \"lan\", which does not exist");
    }

    @Test
    void twoProfilesHaveTwoNames() {
        String one = "[[profile]]\nname = \"a\"\nusers = [\"*\"]\n";

        assertThat(problems(POOL + one + one))
                .singleElement()
                .asString()
                .contains("is the name of an earlier [[profile]]");
    }

    @Test
    void thereAreAtMostSixtyFourProfiles() {
        StringBuilder most = new StringBuilder(POOL);
        for (int i = 0; i < ProfileConfig.MAX_PROFILES; i++) {
            most.append("[[profile]]\nname = \"p%d\"\nusers = [\"*\"]\n".formatted(i));
        }

        assertThat(load(most.toString()).profiles()).hasSize(64);
        assertThat(problems(most + "[[profile]]\nname = \"more\"\nusers = [\"*\"]\n"))
                .hasSize(1);
    }

    @Test
    void aUserAgentMatchesInUpperAndLowerCase() {
        MinerMatch match = MinerMatch.userAgents("Antminer S19*", "nicehash/?.*");

        assertThat(match.matches("", ANYWHERE, "default", "ANTMINER s19j Pro/Fri"))
                .isTrue();
        assertThat(match.matches("", ANYWHERE, "default", "NiceHash/1.0.0")).isTrue();
        assertThat(match.matches("", ANYWHERE, "default", "Antminer S21/x")).isFalse();
        assertThat(match.matches("", ANYWHERE, "default", "")).isFalse();
    }

    @Test
    void ofEachKindOneEntryMustMatch() {
        MinerMatch match = new MinerMatch(
                List.of(UserPattern.parse("a.*")),
                List.of(AddressRange.parse("10.0.0.0/8")),
                List.of("lan"),
                List.of(UserAgentPattern.parse("*")));

        assertThat(match.matches("a.1", ANYWHERE, "lan", "")).isTrue();
        assertThat(match.matches("A.1", ANYWHERE, "lan", "")).isFalse();
        assertThat(match.matches("a.1", InetAddress.ofLiteral("11.0.0.1"), "lan", ""))
                .isFalse();
        assertThat(match.matches("a.1", ANYWHERE, "default", "")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bitaxe/BM1366/v2.4.0          | builtin.esp-miner",
                "Antminer S21/Fri Feb 2 17:03  | builtin.antminer-s21",
                "Antminer S19j Pro/Tue         | builtin.antminer",
                "Antminer D9/x                 | builtin.antminer-d9",
                "whatsminer/v1.1               | builtin.whatsminer",
                "NiceHash/1.0.0                | builtin.nicehash",
                "xminer-1.2.9                  | builtin.vnish",
                "cgminer/4.11.1 Avalon1246     | builtin.avalon",
            })
    void firmwareThatIsKnownHasAProfile(String userAgent, String name) {
        assertThat(FirmwareProfiles.all().stream()
                        .filter(profile -> profile.match().matches("", ANYWHERE, "default", userAgent))
                        .map(ProfileConfig::name)
                        .findFirst())
                .hasValue(name);
    }

    @Test
    void firmwareThatNeedsNothingHasNoProfile() {
        for (String userAgent : List.of("", "cgminer/4.12.1", "cpuminer/2.5.1", "sluice-miner/0.1")) {
            assertThat(FirmwareProfiles.all())
                    .noneMatch(profile -> profile.match().matches("", ANYWHERE, "default", userAgent));
        }
    }
}
