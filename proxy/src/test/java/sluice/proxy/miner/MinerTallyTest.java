package sluice.proxy.miner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;

class MinerTallyTest {
    private final MinerTally tally = new MinerTally();

    private MinerReport report() {
        return tally.report(1_000, 5_000, 2);
    }

    @Test
    void countsEveryShareOnce() {
        tally.add(new ClientEvent.ConnectionLost("refused"));
        assertThat(report().lastLoss()).isEqualTo("refused");
        tally.add(new ClientEvent.Ready());
        tally.add(new ClientEvent.JobStarted(true));
        tally.add(new ClientEvent.JobStarted(false));
        for (int i = 0; i < 9; i++) {
            tally.add(new ClientEvent.ShareSent(i == 0));
        }
        tally.add(new ClientEvent.ShareDiscarded());
        tally.add(new ClientEvent.SharesAccepted(3));
        tally.add(new ClientEvent.ShareRejected("low"));
        tally.add(new ClientEvent.ShareRejected("low"));
        tally.add(new ClientEvent.ShareStale());
        tally.add(new ClientEvent.SharesUnanswered(1));

        MinerReport report = report();
        assertThat(report.lastLoss()).isEmpty();
        assertThat(report.connections()).isEqualTo(1);
        assertThat(report.jobs()).isEqualTo(2);
        assertThat(report.chainTips()).isEqualTo(1);
        assertThat(report.blocks()).isEqualTo(1);
        assertThat(report.rejectedByReason()).containsExactly(Map.entry("low", 2L));
        assertThat(report.sharesSent()).isEqualTo(9);
        assertThat(report.sharesFound())
                .isEqualTo(10)
                .isEqualTo(report.accepted()
                        + report.rejected()
                        + report.stale()
                        + report.discarded()
                        + report.unanswered()
                        + report.outstanding());
    }

    @Test
    void countsTheEndsOfConnectionsButNotFailedAttempts() {
        tally.add(new ClientEvent.ConnectionLost("refused"));
        tally.add(new ClientEvent.Ready());
        assertThat(report().disconnects()).isZero();
        tally.add(new ClientEvent.ConnectionLost("closed"));
        tally.add(new ClientEvent.ConnectionLost("refused"));
        assertThat(report().disconnects()).isEqualTo(1);
    }

    @Test
    void countsEveryOtherExtranonceThanBefore() {
        tally.add(new ClientEvent.ExtranonceAssigned(Bytes.fromHex("01"), 4));
        tally.add(new ClientEvent.ExtranonceAssigned(Bytes.fromHex("01"), 4));
        assertThat(report().extranonceChanges()).isZero();
        tally.add(new ClientEvent.ExtranonceAssigned(Bytes.fromHex("02"), 4));
        tally.add(new ClientEvent.ExtranonceAssigned(Bytes.fromHex("02"), 3));
        assertThat(report().extranonceChanges()).isEqualTo(2);
    }

    @Test
    void keepsReasonsApartUpToItsLimit() {
        for (int i = 0; i < MinerTally.MAX_REASONS + 3; i++) {
            tally.add(new ClientEvent.ShareRejected("reason " + i));
        }
        tally.add(new ClientEvent.ShareRejected("reason 0"));
        assertThat(report().rejectedByReason())
                .hasSize(MinerTally.MAX_REASONS + 1)
                .containsEntry("reason 0", 2L)
                .containsEntry(MinerTally.OTHER_REASONS, 3L);
        assertThat(report().rejected()).isEqualTo(MinerTally.MAX_REASONS + 4);
    }

    @Test
    void cutsLongReasons() {
        tally.add(new ClientEvent.ShareRejected("x".repeat(MinerTally.MAX_REASON_LENGTH)));
        tally.add(new ClientEvent.ShareRejected("x".repeat(MinerTally.MAX_REASON_LENGTH + 1)));
        assertThat(report().rejectedByReason())
                .containsExactly(Map.entry("x".repeat(MinerTally.MAX_REASON_LENGTH), 2L));
    }
}
