package sluice.proxy.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sluice.config.EventType;
import sluice.config.UserPattern;

class EventFilterTest {
    private static final Set<EventType> ANY = EnumSet.allOf(EventType.class);

    private static List<EventType> taken(EventFilter filter) {
        return Happenings.published(Happenings.all()).stream()
                .filter(filter::takes)
                .map(PublishedEvent::type)
                .distinct()
                .toList();
    }

    @Test
    void ofATypeAreEventsOfThatTypeOnly() {
        assertThat(taken(EventFilter.of(Set.of(EventType.BLOCK_FOUND, EventType.HOLD_BEGAN))))
                .containsExactly(EventType.BLOCK_FOUND, EventType.HOLD_BEGAN);
    }

    @Test
    void anUpstreamsEventsAreThoseThatNameIt() {
        assertThat(taken(new EventFilter(ANY, Set.of("main"), List.of())))
                .contains(
                        EventType.MINING_POOL_CONNECTED,
                        EventType.UPSTREAM_REJECTED,
                        EventType.UPSTREAM_SWITCHED,
                        EventType.BLOCK_FOUND)
                .doesNotContain(EventType.CHAIN_TIP_UPDATED, EventType.PLAN_REJECTED, EventType.MINER_PLACED);
        assertThat(taken(new EventFilter(ANY, Set.of("spare", "other"), List.of())))
                .containsExactly(EventType.PLAN_REJECTED);
    }

    @Test
    void aWorkersEventsAreAlsoThoseThatNameItsConnectionOnly() {
        assertThat(taken(new EventFilter(ANY, Set.of(), List.of(UserPattern.parse("farm.*")))))
                .contains(
                        EventType.SHARE_SUBMITTED,
                        EventType.MINER_PLACED,
                        EventType.MINER_TARGET_CHANGED,
                        EventType.CHANNEL_CLOSED,
                        EventType.STRATUM_CLIENT_DISCONNECTED)
                // It had no name yet.
                .doesNotContain(EventType.STRATUM_CLIENT_CONNECTED, EventType.MINING_POOL_CONNECTED);
        assertThat(taken(new EventFilter(ANY, Set.of(), List.of(UserPattern.parse("farm")))))
                .isEmpty();
    }

    @Test
    void allThatIsAskedForHasToBeTrue() {
        assertThat(taken(new EventFilter(ANY, Set.of("main"), List.of(UserPattern.parse("farm.b?")))))
                .containsExactly(EventType.UPSTREAM_REJECTED, EventType.BLOCK_FOUND);
    }
}
