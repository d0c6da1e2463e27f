package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserPatternTest {
    @ParameterizedTest
    @CsvSource({
        "farm.s19-*, farm.s19-1",
        "farm.s19-*, farm.s19-",
        "*.s19,      farm.s19",
        "*,          ''",
        "**,         anything",
        "f*m.*9,     farm.s19",
        "f*m.*9,     fm.9",
        "farm.s??,   farm.s19",
        "*?,         a",
        "é?,         é😀",
        "*ab,        aab",
        "a.b+[c],    a.b+[c]",
    })
    void matches(String pattern, String user) {
        assertThat(UserPattern.parse(pattern).matches(user)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "farm.s19-*, farm.s1",
        "farm.s19-*, my.farm.s19-1",
        "farm,       farm.1",
        "farm,       FARM",
        "farm.s??,   farm.s1",
        "farm.s??,   farm.s199",
        "*?,         ''",
        "a.b,        axb",
        "*ab,        aba",
    })
    void doesNotMatch(String pattern, String user) {
        assertThat(UserPattern.parse(pattern).matches(user)).isFalse();
    }

    @Test
    void agreesWithARegularExpressionOnAnyGlob() {
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            String glob = text(random, "ab*?", 1 + random.nextInt(9));
            String user = text(random, "ab", random.nextInt(12));
            Pattern expected = Pattern.compile(glob.replace("*", ".*").replace("?", "."));

            assertThat(UserPattern.parse(glob).matches(user))
                    .as(glob + " " + user)
                    .isEqualTo(expected.matcher(user).matches());
        }
    }

    @Test
    void aGlobOfManyWordsOfPlacesMatchesAcrossTheirBorders() {
        String half = "ab".repeat(60);

        assertThat(UserPattern.parse(half + "*" + half).matches(half + "x".repeat(70) + half))
                .isTrue();
        assertThat(UserPattern.parse(half + "*" + half).matches(half + half)).isTrue();
        assertThat(UserPattern.parse(half + "*" + half + "?").matches(half + half))
                .isFalse();
        for (int length = 62; length <= 66; length++) {
            assertThat(UserPattern.parse("?".repeat(length)).matches("x".repeat(length)))
                    .isTrue();
            assertThat(UserPattern.parse("?".repeat(length)).matches("x".repeat(length - 1)))
                    .isFalse();
            assertThat(UserPattern.parse("?".repeat(length)).matches("x".repeat(length + 1)))
                    .isFalse();
        }
    }

    @Test
    @Timeout(10)
    void noGlobTakesLongForAnyName() {
        UserPattern worst = UserPattern.parse("*a".repeat(127));
        String user = "a".repeat(126) + "b".repeat(1_000_000);

        assertThat(worst.matches(user)).isFalse();
        assertThat(worst.matches(user + "a")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb"})
    void whatNoUserIsCalledIsRefused(String text) {
        assertThatExceptionOfType(InvalidValueException.class).isThrownBy(() -> UserPattern.parse(text));
    }

    @Test
    void aPatternHasAtMost255Bytes() {
        String longest = "é".repeat(127) + "*";

        assertThat(UserPattern.parse(longest)).hasToString(longest);
        assertThatExceptionOfType(InvalidValueException.class).isThrownBy(() -> UserPattern.parse(longest + "*"));
    }

    @Test
    void patternsOfOneTextAreEqual() {
        assertThat(UserPattern.parse("a*"))
                .isEqualTo(UserPattern.parse("a*"))
                .hasSameHashCodeAs(UserPattern.parse("a*"));
        assertThat(UserPattern.parse("a*")).isNotEqualTo(UserPattern.parse("a?"));
    }

    private static String text(Random random, String alphabet, int length) {
        return random.ints(length, 0, alphabet.length())
                .mapToObj(i -> alphabet.substring(i, i + 1))
                .collect(Collectors.joining());
    }
}
