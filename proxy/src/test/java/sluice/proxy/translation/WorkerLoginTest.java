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
    @ValueSource(
            strings = {"", "acct.worker1", "bc1qxy2kg.rig+7", "100%.rig", "a%zz", "%", "a%4", "Schürfer.гриф", "⛏😀"})
    void keepsOrdinaryNamesAsTheyAre(String name) {
        assertThat(WorkerLogin.identity(name)).isSameAs(name);
    }

    @ParameterizedTest
    @CsvSource({
        "bc1qxy2kg.rig%2B7, bc1qxy2kg.rig+7",
        "me%40farm%2ecom.rig, me@farm.com.rig",
        "Sch%C3%BCrfer.1, Schürfer.1",
        "%E2%9B%8F.%F0%9F%98%80, ⛏.😀",
        "é%41, éA",
        "a%2541, a%41"
    })
    void readsPercentCodesAsTheCharactersThatTheyStandFor(String sent, String meant) {
        assertThat(WorkerLogin.identity(sent)).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100%.rig%41", "a%C3", "a%FF%41", "%41%", "a%ED%A0%80"})
    void leavesANameAloneInWhichNotEveryPercentSignBeginsACharacter(String name) {
        assertThat(WorkerLogin.identity(name)).isEqualTo(name);
    }

    @Test
    void controlCharactersBehindPercentCodesAreDroppedLikeOthers() {
        assertThat(WorkerLogin.identity("acct%0a.w%001")).isEqualTo("acct.w1");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "acct.rig1, acct, rig1",
                "acct/rig1, acct, rig1",
                "bc1qxy2kg.rack/7.b, bc1qxy2kg, rack/7.b",
                "acct/rack.7, acct, rack.7",
                "acct, acct, ''",
                "acct., acct, ''",
                ".rig1, '', rig1",
                "'', '', ''",
                "⛏😀.é, ⛏😀, é"
            })
    void anAccountEndsAtTheFirstDotOrSlash(String identity, String account, String worker) {
        assertThat(WorkerLogin.account(identity)).isEqualTo(account);
        assertThat(WorkerLogin.worker(identity)).isEqualTo(worker);
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
