package sluice.protocol.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.protocol.Bytes;

class Bech32Test {
    private static final Bytes DATA = Bytes.of((byte) 7);
    private static final int SEPARATOR_DATA_AND_CHECKSUM = 1 + 1 + 6;

    @ParameterizedTest
    @EnumSource
    void aTextHasAtMostNinetyCharacters(Bech32.Variant variant) {
        String prefix = "a".repeat(Bech32.MAX_LENGTH - SEPARATOR_DATA_AND_CHECKSUM);
        String longest = Bech32.encode(variant, prefix, DATA);
        assertThat(longest).hasSize(Bech32.MAX_LENGTH);
        assertThat(Bech32.decode(longest)).isEqualTo(new Bech32.Decoded(variant, prefix, DATA));
        String longer = Bech32.encode(variant, prefix + "a", DATA);
        assertThatThrownBy(() -> Bech32.decode(longer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("90");
    }

    /** BIP173 lists the first as valid and the second as too long. */
    @Test
    void agreesWithThePublishedExamples() {
        assertThat(Bech32.decode("an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio"
                                + "1tt5tgs")
                        .data())
                .isEqualTo(Bytes.EMPTY);
        assertThatThrownBy(() -> Bech32.decode(
                        "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio"
                                + "1569pvx"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
