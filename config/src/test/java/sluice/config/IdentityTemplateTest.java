package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.KEY;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.warnings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.config.IdentityTemplate.Fixed;
import sluice.config.IdentityTemplate.Placeholder;

class IdentityTemplateTest {
    private static String pool(String user, String identity) {
        return "[[upstream]]\nname = \"a\"\nurl = \"stratum2+tcp://a.example.com/" + KEY + "\"\nuser = \"" + user
                + "\"\nidentity = \"" + identity + "\"\n";
    }

    @Test
    void aTemplateIsTextAndPlaceholdersInOrder() {
        assertThat(IdentityTemplate.parse("farm.{account}-{worker}").parts())
                .containsExactly(new Fixed("farm."), Placeholder.ACCOUNT, new Fixed("-"), Placeholder.WORKER);
        assertThat(IdentityTemplate.parse("farm.gw1").isPlain()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "farm.{wroker} | user has the unknown placeholder {wroker}; did you mean {worker}?",
                "farm.{x}      | user has the unknown placeholder {x}; known are {account}, {worker}, {user},",
                "farm.{worker  | user has a '{' without a '}'",
                "farm.worker}  | user has a '}' without a '{'",
                "{}            | user has the unknown placeholder {}",
            })
    void aPlaceholderThatIsNoneIsAMistakeWithItsCure(String user, String problem) {
        assertThat(onlyProblem(pool(user, "per-share"))).contains(problem);
    }

    @Test
    void placeholdersNeedAPoolThatSeesNames() {
        assertThat(onlyProblem(pool("farm.{worker}", "gateway")))
                .contains("user has the placeholder {worker}, but all shares go up under one name")
                .contains("identity = \"per-share\"");
        assertThat(onlyProblem("[stratum_v2]\npool_url = \"stratum+ssl://h\"\npool_user = \"a.{worker}\"\n"))
                .contains("pool_user has the placeholder {worker}")
                .contains("pool_names_per_share = true");
        assertThat(load("[stratum_v2]\npool_url = \"stratum+ssl://h\"\npool_user = \"a.{worker}\"\n"
                                + "pool_names_per_share = true\n")
                        .routing()
                        .upstreams())
                .hasSize(1);
    }

    @Test
    void miningOnAChannelOfItsOwnAMinerIsNamedByItsNameAlone() {
        assertThat(onlyProblem(pool("farm.{listener}", "per-channel")))
                .contains("user has the placeholder {listener}, but miners of one name share a channel");
        assertThat(load(pool("farm.{user}", "per-channel")).routing().upstreams())
                .hasSize(1);
        assertThat(load(pool("farm.{listener}.{address}", "per-share"))
                        .routing()
                        .upstreams())
                .hasSize(1);
    }

    @Test
    void aConnectionThatIsLeftWithoutANameIsWarnedOf() {
        assertThat(warnings(pool("{account}.{worker}", "per-share")))
                .singleElement()
                .asString()
                .contains("leaves no name for the connection itself, which logs in as \"sluice\"");
        assertThat(warnings(pool("farm.{worker}", "per-share"))).isEmpty();
    }
}
