package sluice.endtoend.firmware;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import sluice.endtoend.EdgeGateway;
import sluice.endtoend.IndependentHash;
import sluice.endtoend.ScriptedPoolScenario;
import sluice.endtoend.ScriptedSv2Pool;

/** One pool, one gateway, and machines that behave as their firmware does. */
abstract class FirmwareScenario extends ScriptedPoolScenario {
    static final String USER = "farm.rig1";

    private static final HexFormat HEX = HexFormat.of();

    ScriptedSv2Pool pool;
    EdgeGateway gateway;

    private final List<Firmware> machines = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        pool = pool("A");
        gateway = gatewayTo(pool);
    }

    @AfterEach
    void switchOff() {
        machines.forEach(Firmware::close);
    }

    /** A machine that has connected and said nothing yet. */
    Firmware connects(Dialect dialect) throws IOException {
        return connects(dialect, USER);
    }

    Firmware connects(Dialect dialect, String user) throws IOException {
        return connects(gateway.address(), dialect, user);
    }

    Firmware connectsTo(EdgeGateway other, Dialect dialect) throws IOException {
        return connects(other.address(), dialect, USER);
    }

    private Firmware connects(InetSocketAddress address, Dialect dialect, String user) throws IOException {
        Firmware machine = new Firmware(address, dialect, user);
        machines.add(machine);
        return machine;
    }

    /** The machine connects once more. */
    Firmware reconnects(Firmware machine, Dialect dialect) throws IOException {
        Firmware again = machine.reconnects(gateway.address(), dialect);
        machines.add(again);
        return again;
    }

    /** A machine that has logged in and been given its first job. */
    Firmware mining(Dialect dialect) throws IOException {
        Firmware machine = connects(dialect).logsIn();
        machine.awaitsWork();
        return machine;
    }

    /** The previous block of what the pool mines on, as in {@code mining.notify}. */
    String tip() {
        return HEX.formatHex(IndependentHash.wordsReversed(HEX.parseHex(pool.tipHash())));
    }
}
