package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.upstream;
import static sluice.config.Configuration.warnings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientPortsTablesTest {
    private static final String TEMPLATES = "[template_provider]\nlisten_addr = \"127.0.0.1:8442\"\n";
    private static final String DECLARATIONS = "[job_declaration_server]\nlisten_addr = \"[::]:3334\"\n";
    private static final String SOURCE = "[[template_source]]\nname = \"node\"\n"
            + "url = \"http://127.0.0.1:8332\"\nuser = \"sluice\"\npassword = \"hunter2\"\n";

    @Test
    void withoutATableThereIsNoSuchPort() {
        assertThat(load(SoloTablesTest.SOLO).clientPorts()).isEqualTo(ClientPortsConfig.NONE);
    }

    @Test
    void readsBothPortsAndWhatDeclaredJobsPay() {
        GatewayConfig config = load(SoloTablesTest.SOLO + TEMPLATES + DECLARATIONS);

        assertThat(config.clientPorts().templates()).contains(new ListenAddress("127.0.0.1", 8442));
        ClientPortsConfig.Declarations declarations =
                config.clientPorts().declarations().orElseThrow();
        assertThat(declarations.listen()).isEqualTo(new ListenAddress("::", 3334));
        assertThat(declarations.payout())
                .isEqualTo(config.routing().solo().orElseThrow().payout());
    }

    @Test
    void givesTemplatesAwayWithoutMiningSolo() {
        assertThat(load(SOURCE + upstream("main") + TEMPLATES).clientPorts().templates())
                .isPresent();
    }

    @Test
    void aPayoutThatOnlyDeclaredJobsUseIsInUse() {
        String besideAPool = SoloTablesTest.SOLO + upstream("main");
        assertThat(warnings(besideAPool)).isNotEmpty();

        assertThat(warnings(besideAPool + DECLARATIONS))
                .hasSize(warnings(besideAPool).size() - 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"template_provider", "job_declaration_server"})
    void namesAPortWithoutAnAddress(String table) {
        String problem = onlyProblem(SoloTablesTest.SOLO + "[" + table + "]\n");

        assertThat(problem).contains(table + ".listen_addr").contains("is missing");
    }

    @Test
    void refusesAPortThatHasNothingToGive() {
        String problem = onlyProblem(upstream("main") + TEMPLATES);

        assertThat(problem).contains("template_provider.listen_addr").contains("there is no [[template_source]]");
    }

    @Test
    void refusesDeclaredJobsThatPayNobody() {
        String problem = onlyProblem(SOURCE + upstream("main") + DECLARATIONS);

        assertThat(problem).contains("job_declaration_server.listen_addr").contains("there is no [solo]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:3333", "127.0.0.1:8442"})
    void refusesTheAddressOfAnotherPort(String address) {
        String problem = onlyProblem(
                SoloTablesTest.SOLO + TEMPLATES + "[job_declaration_server]\nlisten_addr = \"" + address + "\"\n");

        assertThat(problem).contains("job_declaration_server.listen_addr").contains("another port");
    }

    @Test
    void aChangeNeedsARestart() {
        GatewayConfig before = load(SoloTablesTest.SOLO);
        GatewayConfig after = load(SoloTablesTest.SOLO + TEMPLATES + DECLARATIONS);

        assertThat(ConfigChange.between(before, after).restartKeys())
                .containsExactly("template_provider", "job_declaration_server");
        assertThat(ConfigChange.between(before, after).appliesNothing()).isTrue();
    }
}
