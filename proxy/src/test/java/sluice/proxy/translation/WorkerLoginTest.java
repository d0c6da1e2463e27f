package sluice.proxy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerLoginTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "acct.worker1", "bc1qxy2kg.rig%2B7", "Schürfer.гриф", "⛏😀"})
    void keepsOrdinaryNamesAsTheyAre(String name) {
        assertThat(WorkerLogin.identity(name)).isSameAs(name);
    }

    @Test
    void dropsControlCharacters() {
        assertThat(WorkerLogin.identity("acct\n.\u001b[31mw\u007f\u0085\t1\0")).isEqualTo("acct.[31mw1");
    }

    @Test
    void dropsHalvesOfSurrogatePairs() {
        assertThat(WorkerLogin.identity("a\ud83d.b\ude00")).isEqualTo("a.b");
    }

    @Test
    void keepsTwoHundredAndFiftyFiveBytesAndCutsOneMore() {
        assertThat(WorkerLogin.identity("x".repeat(255))).isEqualTo("x".repeat(255));
        assertThat(WorkerLogin.identity("x".repeat(256))).isEqualTo("x".repeat(255));
    }

    @ParameterizedTest
    @CsvSource({"é, 127, 254", "€, 85, 255", "😀, 63, 252"})
    void cutsBehindAWholeCharacter(String character, int kept, int bytes) {
        String identity = WorkerLogin.identity(character.repeat(300));
        assertThat(identity).isEqualTo(character.repeat(kept));
        assertThat(identity.getBytes(StandardCharsets.UTF_8)).hasSize(bytes);
    }

    @Test
    void controlCharactersDoNotCountTowardsTheCut() {
        assertThat(WorkerLogin.identity("\n".repeat(300) + "x".repeat(255))).isEqualTo("x".repeat(255));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "d=1024|1024",
                "x,d=1024|1024",
                "diff=0.5|0.5",
                "x;DIFF=65536;other|65536",
                "x d=12|12",
                "d=,d=7|7",
                "d=abc diff=9|9"
            })
    void readsTheDifficultyOption(String password, double difficulty) {
        assertThat(WorkerLogin.difficultyOption(password)).hasValue(difficulty);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "123",
                "d=",
                "d=0",
                "d=-5",
                "d=1e9",
                "d=1.2.3",
                "d=.",
                "md=5",
                "xdiff=5",
                "d=1234567890123456789012345",
                "d=NaN"
            })
    void findsNoDifficultyWhereThereIsNone(String password) {
        assertThat(WorkerLogin.difficultyOption(password)).isEqualTo(OptionalDouble.empty());
    }
}
