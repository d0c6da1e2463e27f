package sluice.proxy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.config.IdentityTemplate;
import sluice.proxy.mining.profile.MinerOrigin;

/** Under which names a pool sees the miners. */
class PoolNamesTest {
    private static final MinerOrigin LAN = new MinerOrigin(InetAddress.ofLiteral("10.0.1.7"), "lan2");

    private static String name(String template, String user) {
        return new PoolNames(IdentityTemplate.parse(template), 255).of(user, LAN);
    }

    @ParameterizedTest
    @CsvSource({
        "{account}.{worker}, acct/rig1, acct.rig1",
        "farm.{worker}, acct.rig1, farm.rig1",
        "farm.{account}-{worker}, acct.rig1, farm.acct-rig1",
        "{user}, acct/rig1, acct/rig1",
        "farm.{listener}.{address}, acct.rig1, farm.lan2.10.0.1.7",
        "{worker}{worker}, a.b, bb",
        "farm, acct.rig1, farm"
    })
    void fillsInWhatIsKnownOfTheMiner(String template, String user, String name) {
        assertThat(name(template, user)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "{account}.{worker}, acct, acct",
        "farm.{worker}, acct, farm",
        "{account}.{worker}, .rig1, rig1",
        "{account}.{worker}.x, acct, acct.x",
        "a-{worker}_b, acct, a_b"
    })
    void aPlaceholderForNothingTakesItsSeparatorAlong(String template, String user, String name) {
        assertThat(name(template, user)).isEqualTo(name);
    }

    @Test
    void aMinerWithoutANameGoesByThePoolsLogin() {
        assertThat(name("farm.{worker}", "")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"farm.{worker}, farm", "farm.gw1, farm.gw1", "{account}.{worker}, ''", "{account}.gw, gw"})
    void theLoginOfTheConnectionIsTheTemplateWithoutPlaceholders(String template, String login) {
        assertThat(new PoolNames(IdentityTemplate.parse(template), 255).login()).isEqualTo(login);
    }

    @Test
    void aNameThatIsTooLongLosesTheEndOfItsWorkerAndKeepsItsAccount() {
        PoolNames names = new PoolNames(IdentityTemplate.parse("{account}.{worker}.{listener}"), 32);
        String account = "a".repeat(20);

        assertThat(names.of(account + "." + "w".repeat(6), LAN)).isEqualTo(account + ".wwwwww.lan2");
        assertThat(names.of(account + "." + "w".repeat(7), LAN)).isEqualTo(account + ".wwwwww.lan2");
        assertThat(names.of("a".repeat(40) + ".w", LAN)).isEqualTo("a".repeat(32));
        assertThat(new PoolNames(IdentityTemplate.parse("{user}"), 8).of("acct.rig12345", LAN))
                .isEqualTo("acct.rig");
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "€", "😀", "x"})
    void aNameIsCutBetweenCharactersAndNeverTooLong(String character) {
        for (int most = 12; most < 30; most++) {
            String name =
                    new PoolNames(IdentityTemplate.parse("acct.{worker}"), most).of("me." + character.repeat(100), LAN);
            int bytes = name.getBytes(StandardCharsets.UTF_8).length;
            assertThat(name).startsWith("acct." + character);
            assertThat(bytes).isBetween(most - character.getBytes(StandardCharsets.UTF_8).length + 1, most);
            assertThat(new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                    .isEqualTo(name);
        }
    }

    @Test
    void withoutATemplateAMinerKeepsItsOwnName() {
        String user = "acct.rig1";
        assertThat(PoolNames.OWN.of(user, LAN)).isSameAs(user);
    }
}
