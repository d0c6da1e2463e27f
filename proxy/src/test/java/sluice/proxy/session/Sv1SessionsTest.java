package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.Test;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.event.GatewayEvent.MinerProtocol;
import sluice.proxy.mining.channel.MiningChannel;
import sluice.proxy.mining.extranonce.ExtranonceIndexes;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.profile.MinerOrigin;

/** What is kept of SV1 miners that are gone, on two loops. */
class Sv1SessionsTest {
    private static final Instant START = Instant.ofEpochSecond(1_750_000_000L);
    private static final int MANY = 2 * Sv1Sessions.MAX_LEFT;

    private final ConcurrentMap<String, Sv1Sessions.Left> left = new ConcurrentHashMap<>();
    private final ExtranonceIndexes indexes = new ExtranonceIndexes(0, 2, 0xffff_ffffL, MANY);
    private final ExtranonceIndexes otherIndexes = new ExtranonceIndexes(1, 2, 0xffff_ffffL, MANY);
    private long chance;
    private final Sv1Sessions sessions = Sv1Sessions.keeping(indexes, left, () -> ++chance);
    private final Sv1Sessions otherSessions = Sv1Sessions.keeping(otherIndexes, left, () -> ++chance);

    private Sv1Sessions.Left session() {
        int index = indexes.take().orElseThrow();
        return new Sv1Sessions.Left(
                new MiningChannel(
                        1, 1, MinerProtocol.SV1, ExtranonceShape.ROLL_4, index, "w", MinerOrigin.LOCAL, Target.MAX),
                7);
    }

    @Test
    void namesTellTheExtranonceAndWhatNobodyCanGuess() {
        Bytes extranonce1 = Bytes.fromHex("00000002");
        assertThat(sessions.newName(extranonce1)).isEqualTo("00000002" + "0000000000000001");
        assertThat(otherSessions.newName(extranonce1)).isEqualTo("00000002" + "0000000000000002");
    }

    @Test
    void aSessionIsTakenUpOnceOnWhicheverLoopAndItsIndexGoesWithIt() {
        Sv1Sessions.Left session = session();
        sessions.leave("a", session, START);
        assertThat(indexes.inUse()).isZero();
        assertThat(otherSessions.takeUp("a", START)).containsSame(session);
        assertThat(otherIndexes.inUse()).isEqualTo(1);
        assertThat(sessions.takeUp("a", START)).isEmpty();
        assertThat(otherSessions.takeUp("a", START)).isEmpty();
    }

    @Test
    void aSessionIsKeptSoLongAndNotAMomentLonger() {
        sessions.leave("a", session(), START);
        sessions.leave("b", session(), START);
        Instant end = START.plus(Sv1Sessions.KEPT_FOR);
        assertThat(Sv1Sessions.KEPT_FOR).isGreaterThan(Duration.ofSeconds(120));
        assertThat(sessions.takeUp("a", end.minusMillis(1))).isPresent();
        assertThat(sessions.takeUp("b", end)).isEmpty();
        assertThat(left).isEmpty();
    }

    @Test
    void nobodyElseGetsTheIndexOfASessionThatIsKeptAndTheNextTwoTipsAfterIt() {
        Sv1Sessions.Left session = session();
        int index = session.channel().index();
        sessions.leave("a", session, START);
        assertThat(takeThree()).doesNotContain(index);
        sessions.giveUpWhatIsDue(START.plus(Sv1Sessions.KEPT_FOR));
        assertThat(takeThree()).doesNotContain(index);
        indexes.onTipChanged();
        indexes.onTipChanged();
        assertThat(takeThree()).contains(index);
    }

    private Set<Integer> takeThree() {
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            taken.add(indexes.take().orElseThrow());
        }
        return taken;
    }

    @Test
    void theOldestOfTooManyIsGivenUp() {
        for (int i = 0; i < Sv1Sessions.MAX_LEFT; i++) {
            sessions.leave("s" + i, session(), START);
        }
        assertThat(left).hasSize(Sv1Sessions.MAX_LEFT).containsKey("s0");
        sessions.leave("one more", session(), START);
        assertThat(left).hasSize(Sv1Sessions.MAX_LEFT).doesNotContainKey("s0").containsKeys("s1", "one more");
    }

    @Test
    void aSessionThatWasTakenUpAndLeftAgainHasItsFullTime() {
        sessions.leave("a", session(), START);
        Sv1Sessions.Left again =
                otherSessions.takeUp("a", START.plusSeconds(100)).orElseThrow();
        otherSessions.leave(
                "a",
                new Sv1Sessions.Left(again.channel().continuedOn(2, "w", MinerOrigin.LOCAL), 9),
                START.plusSeconds(140));
        sessions.giveUpWhatIsDue(START.plusSeconds(200));
        assertThat(otherSessions.takeUp("a", START.plusSeconds(200))).isPresent();
    }

    @Test
    void whereNothingIsKeptTheIndexIsFreeAtOnceAndTheNameIsTheExtranonce() {
        Sv1Sessions forgetting = Sv1Sessions.forgetting(indexes);
        assertThat(forgetting.newName(Bytes.fromHex("00000002"))).isEqualTo("00000002");
        forgetting.leave("a", session(), START);
        assertThat(indexes.inUse()).isZero();
        assertThat(forgetting.takeUp("a", START)).isEmpty();
    }
}
