package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static sluice.config.Configuration.KEY;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.problems;
import static sluice.config.Configuration.upstream;

import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinTablesTest {
    private static final InetAddress INSIDE = InetAddress.ofLiteral("10.0.1.77");
    private static final InetAddress OUTSIDE = InetAddress.ofLiteral("10.0.2.77");

    /** Eight lines. */
    private static final String GOAL = upstream("main") + "[[goal]]\nname = \"a\"\nupstreams = [\"main\"]\n";

    @Test
    void everyKeyOfAPinIsRead() {
        RoutingConfig routing = load(GOAL + """
                [[pin]]
                goal = "a"
                users = ["farm.s19-*"]
                addresses = ["10.0.1.0/24", "2001:db8::/32", "10.0.0.7"]
                listeners = ["lan2", "default"]

                [[pin]]
                goal = "a"
                users = ["*"]

                [[listener]]
                name = "lan2"
                listen_addr = "0.0.0.0:3334"
                """).routing();

        assertThat(routing.pins())
                .containsExactly(
                        new PinConfig(
                                "a",
                                List.of(UserPattern.parse("farm.s19-*")),
                                List.of(
                                        AddressRange.parse("10.0.1.0/24"),
                                        AddressRange.parse("2001:db8::/32"),
                                        AddressRange.parse("10.0.0.7")),
                                List.of("lan2", "default")),
                        new PinConfig("a", List.of(UserPattern.parse("*")), List.of(), List.of()));
    }

    @Test
    void everyMistakeIsListedAtItsPlace() {
        assertThat(problems(GOAL + """
                [[pin]]
                goal = "b"
                users = ["a", ""]
                addresses = ["10.0.1.5/24", "10.0.0.300", "lan", "10.0.0.0/33"]
                listeners = ["lan2"]

                [[pin]]
                goal = "a"

                [[pin]]
                users = [5]
                """))
                .containsExactly(
                        "f:10:1: pin[1].goal names the goal \"b\", which does not exist; did you mean a?",
                        "f:11:15: pin[1].users has an empty entry; write a user identity, or a part of it and *",
                        "f:12:14: pin[1].addresses has bits behind the first 24; write 10.0.1.0/24 for the range",
                        "f:12:29: pin[1].addresses has '10.0.0.300', which is no IPv4 address;"
                                + " write an address such as 10.0.0.7, or a range such as 10.0.1.0/24",
                        "f:12:43: pin[1].addresses has 'lan', which is no IPv4 address;"
                                + " write an address such as 10.0.0.7, or a range such as 10.0.1.0/24",
                        "f:12:50: pin[1].addresses has the wrong prefix length 33;"
                                + " write a number from 0 to 32 behind the /",
                        "f:13:14: pin[1].listeners names the listener \"lan2\", which does not exist;"
                                + " known are default",
                        "f:15:1: pin[2].users is missing, as are addresses and listeners, so nobody is bound;"
                                + " write at least one of the three",
                        "f:18:1: pin[3].goal is missing; write the name of a goal",
                        "f:19:10: pin[3].users has an entry that is a whole number;"
                                + " write a list such as [\"farm.s19-*\"]");
    }

    @Test
    void aMisspeltKeyIsOneMistake() {
        assertThat(onlyProblem(GOAL + "[[pin]]\ngoal = \"a\"\nadresses = [\"10.0.0.7\"]\n"))
                .isEqualTo("f:11:1: pin[1].adresses is no key of Sluice; did you mean addresses?");
        assertThat(onlyProblem(GOAL + "[[listner]]\nname = \"lan2\"\n[[pin]]\ngoal = \"a\"\nlisteners = [\"lan2\"]\n"))
                .isEqualTo("f:9:1: listner is no table of Sluice; did you mean listener?");
    }

    @Test
    void aPinMayNameTheGoalThatIsThereWithoutGoals() {
        String pin = "[[pin]]\ngoal = \"default\"\nusers = [\"a\"]\n";

        assertThat(load(upstream("main") + pin).routing().pins()).hasSize(1);
        assertThat(load("[stratum_v2]\npool_url = \"stratum2+tcp://h/" + KEY + "\"\n" + pin)
                        .routing()
                        .pins())
                .hasSize(1);
        assertThat(onlyProblem(GOAL + pin)).endsWith("names the goal \"default\", which does not exist; known are a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"users", "addresses"})
    void aPinHasAtMost64EntriesOfEachKind(String kind) {
        String pin = GOAL + "[[pin]]\ngoal = \"a\"\n" + kind + " = [";
        String most = String.join(", ", Collections.nCopies(PinConfig.MAX_ENTRIES, "\"10.0.0.7\""));

        assertThat(load(pin + most + "]\n").routing().pins()).hasSize(1);
        assertThat(onlyProblem(pin + most + ", \"10.0.0.8\"]\n"))
                .isEqualTo("f:11:" + (kind.length() + 5 + most.length() + 2) + ": pin[1]." + kind
                        + " has 65 entries; write at most 64");
    }

    @Test
    void thereAreAtMost256Pins() {
        String pin = "[[pin]]\ngoal = \"a\"\nusers = [\"x\"]\n";
        String most = GOAL + pin.repeat(RoutingConfig.MAX_PINS);

        assertThat(load(most).routing().pins()).hasSize(256);
        assertThat(onlyProblem(most + pin)).isEqualTo("f:777:1: pin stands here for the 257th time; write at most 256");
    }

    @Test
    void onePinMatchesWhereOneEntryOfEachKindDoes() {
        PinConfig pin = new PinConfig(
                "a",
                List.of(UserPattern.parse("farm.*"), UserPattern.parse("other")),
                List.of(AddressRange.parse("10.0.1.0/24")),
                List.of("lan2", "lan3"));

        assertThat(pin.matches("farm.1", INSIDE, "lan2")).isTrue();
        assertThat(pin.matches("other", INSIDE, "lan3")).isTrue();
        assertThat(pin.matches("another", INSIDE, "lan2")).isFalse();
        assertThat(pin.matches("farm.1", OUTSIDE, "lan2")).isFalse();
        assertThat(pin.matches("farm.1", INSIDE, "default")).isFalse();
    }

    @Test
    void aKindThatIsNotGivenMatchesEveryMiner() {
        assertThat(new PinConfig("a", List.of(), List.of(), List.of("lan2")).matches("", OUTSIDE, "lan2"))
                .isTrue();
        assertThat(new PinConfig("a", List.of(UserPattern.parse("x")), List.of(), List.of())
                        .matches("x", OUTSIDE, "default"))
                .isTrue();
    }

    @Test
    void beforeAMinerGaveItsNameAPinMayMatchByTheRest() {
        PinConfig pin = new PinConfig(
                "a", List.of(UserPattern.parse("x")), List.of(AddressRange.parse("10.0.1.0/24")), List.of("lan2"));

        assertThat(pin.mayMatch(INSIDE, "lan2")).isTrue();
        assertThat(pin.mayMatch(OUTSIDE, "lan2")).isFalse();
        assertThat(pin.mayMatch(INSIDE, "lan3")).isFalse();
    }

    @Test
    void aPinOfNobodyOrOfTooManyIsNone() {
        UserPattern pattern = UserPattern.parse("x");

        assertThatIllegalArgumentException().isThrownBy(() -> new PinConfig("a", List.of(), List.of(), List.of()));
        assertThat(new PinConfig("a", Collections.nCopies(64, pattern), List.of(), List.of()).users())
                .hasSize(64);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PinConfig("a", Collections.nCopies(65, pattern), List.of(), List.of()));
    }
}
