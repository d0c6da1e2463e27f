package sluice.upstream.template;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockVerdictTest {
    @ParameterizedTest
    @CsvSource({
        "duplicate,ACCEPTED,duplicate",
        "inconclusive,LOST_RACE,inconclusive",
        "duplicate-invalid,REJECTED,duplicate-invalid",
        "rejected: duplicate,ACCEPTED,duplicate",
        "duplicate-inconclusive,LOST_RACE,duplicate-inconclusive",
        "rejected: bad-prevblk,REJECTED,bad-prevblk",
        "bad-version(0x00000003),REJECTED,bad-version(0x00000003)"
    })
    void readsWhatNodesAnswer(String answer, BlockVerdict.Outcome outcome, String reason) {
        assertThat(BlockVerdict.ofReason(answer)).isEqualTo(new BlockVerdict(outcome, reason));
    }

    @Test
    void silenceIsAcceptance() {
        assertThat(BlockVerdict.ofReason("")).isEqualTo(BlockVerdict.ACCEPTED);
    }
}
