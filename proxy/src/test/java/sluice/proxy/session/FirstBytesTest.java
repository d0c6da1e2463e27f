package sluice.proxy.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.proxy.session.FirstBytes.Verdict;

class FirstBytesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n",
                "{\"id\": 1, \"method\": \"mining.configure\", \"params\": [[\"version-rolling\"], {}]}\r\n",
                "  { \"method\":\"mining.authorize\",\"params\":[\"ä.1\",\"x\"],\"id\":null}\n",
                "\r\n{\"id\":1,\"method\":\"mining.ping\",\"params\":[]}\n"
            })
    void aJsonLineIsSv1HoweverSlowlyItArrives(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        Verdict last = Verdict.UNDECIDED;
        for (int length = 1; length <= bytes.length && last == Verdict.UNDECIDED; length++) {
            last = FirstBytes.judge(bytes, length);
        }
        assertThat(last).isEqualTo(Verdict.SV1);
    }

    @Test
    void aShortLineIsDecidedAtItsEndWithoutWaitingForMore() {
        byte[] line = "{\"id\":1,\"method\":\"mining.ping\"}\n".getBytes(UTF_8);
        assertThat(line.length).isLessThan(FirstBytes.ENOUGH);
        assertThat(FirstBytes.judge(line, line.length - 1)).isEqualTo(Verdict.UNDECIDED);
        assertThat(FirstBytes.judge(line, line.length)).isEqualTo(Verdict.SV1);
    }

    @Test
    void noiseActOneIsSv2WhateverItBeginsWithAndHoweverSlowlyItArrives() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 20_000; round++) {
            byte[] act1 = new byte[FirstBytes.ENOUGH];
            random.nextBytes(act1);
            switch (round % 4) {
                case 0 -> act1[0] = '{';
                case 1 -> {
                    act1[0] = '{';
                    act1[1] = '"';
                    act1[5] = '\n';
                }
                case 2 -> act1[0] = 'G';
                default -> {}
            }
            Verdict verdict = Verdict.UNDECIDED;
            int length = 0;
            while (verdict == Verdict.UNDECIDED) {
                verdict = FirstBytes.judge(act1, ++length);
            }
            assertThat(verdict).as("round %d", round).isEqualTo(Verdict.SV2);
            assertThat(length).isEqualTo(FirstBytes.ENOUGH);
        }
    }

    @Test
    void probesOfOtherProtocolsAreForeign() {
        byte[] http =
                "GET / HTTP/1.1\r\nHost: farm.example:3333\r\nUser-Agent: probe/1.0 (scanner)\r\n\r\n".getBytes(UTF_8);
        assertThat(FirstBytes.judge(http, http.length)).isEqualTo(Verdict.FOREIGN);
        byte[] tls = new byte[80];
        System.arraycopy(new byte[] {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01}, 0, tls, 0, 8);
        assertThat(FirstBytes.judge(tls, 12)).isEqualTo(Verdict.FOREIGN);
    }

    @Test
    void aShortProbeIsForeignWithoutWaitingForMore() {
        for (String terse : List.of("GET / HTTP/1.0\r\n\r\n", "OPTIONS * HTTP/1.1\nHost: x\n", "x HTTP/1.1\r\n")) {
            byte[] http = terse.getBytes(UTF_8);
            int line = terse.indexOf('\n') + 1;
            assertThat(FirstBytes.judge(http, line - 1)).as(terse).isEqualTo(Verdict.UNDECIDED);
            assertThat(FirstBytes.judge(http, line)).as(terse).isEqualTo(Verdict.FOREIGN);
        }
        byte[] remoteDesktop = HexFormat.of()
                .parseHex("0300002f2ae00000000000436f6f6b69653a206d737473686173683d41646d696e697374720d0a");
        assertThat(FirstBytes.judge(remoteDesktop, 5)).isEqualTo(Verdict.UNDECIDED);
        assertThat(FirstBytes.judge(remoteDesktop, 6)).isEqualTo(Verdict.FOREIGN);
    }

    @Test
    void aLineThatOnlySpeaksOfHttpIsNoProbe() {
        for (String line : List.of("HTTP/1.1\n", " HTTP/1.1\n", "GET / HTTP/1.x\n", "GET / HTTP/1.1 \n", "\n")) {
            byte[] bytes = line.getBytes(UTF_8);
            assertThat(FirstBytes.judge(bytes, bytes.length)).as(line).isEqualTo(Verdict.UNDECIDED);
        }
        byte[] sv1 = "{\"id\":1,\"method\":\" HTTP/1.1\"}\n".getBytes(UTF_8);
        assertThat(FirstBytes.judge(sv1, sv1.length)).isEqualTo(Verdict.SV1);
    }

    @Test
    void nothingIsDecidedByAFewBytes() {
        assertThat(FirstBytes.judge(new byte[] {'{'}, 1)).isEqualTo(Verdict.UNDECIDED);
        assertThat(FirstBytes.judge(new byte[] {0x03, 0x00, 0x00}, 3)).isEqualTo(Verdict.UNDECIDED);
        assertThat(FirstBytes.judge(new byte[0], 0)).isEqualTo(Verdict.UNDECIDED);
    }
}
