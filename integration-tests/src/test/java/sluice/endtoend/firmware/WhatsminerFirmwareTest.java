package sluice.endtoend.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import sluice.endtoend.PoolScript;

/** MicroBT's machines. */
class WhatsminerFirmwareTest extends FirmwareScenario {
    private static final Dialect WHATSMINER = Dialect.CGMINER_VMASK.as("whatsminer/v1.1");
    private static final String SUGGEST = "{\"id\": 9, \"method\": \"mining.suggest_difficulty\", \"params\": [%s]}";
    private static final String YES = "{\"id\":9,\"result\":true,\"error\":null}";
    private static final int ITS_BUFFER = 127;

    @Test
    void neverGetsMoreThanEightBytesOfExtranonce2HoweverManyThePoolGrants() throws IOException {
        Firmware whatsminer = connectsTo(gatewayTo(pool("wide", PoolScript.GOOD.granting(20))), WHATSMINER)
                .logsIn();
        assertThat(whatsminer.extranonce2Size()).isLessThanOrEqualTo(8);
        whatsminer.hearsWork();
        whatsminer.mines(2);
    }

    @Test
    void itsSuggestedDifficultyIsAnsweredBeforeItsLoginAndBehindIt() throws IOException {
        Firmware whatsminer =
                connects(WHATSMINER).says(SUGGEST.formatted("65536")).hears(YES).logsIn();
        whatsminer.hearsWork();
        whatsminer.says(SUGGEST.formatted("\"65536\"")).hears(YES);
        whatsminer.mines(1);
    }

    @Test
    void aUserLongerThanItsBufferMinesAndIsNeverSentBackToIt() throws IOException {
        String user = "w".repeat(ITS_BUFFER + 1) + ".rig1";
        Firmware whatsminer = connects(WHATSMINER, user).logsIn();
        whatsminer.hearsWork();
        whatsminer.mines(2);
        assertThat(whatsminer.transcript())
                .filteredOn(line -> line.startsWith("<"))
                .noneMatch(line -> line.contains("wwww"));
    }
}
