package sluice.proxy.api.event;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import sluice.config.EventType;
import sluice.config.UserPattern;

/**
 * Which events somebody wants: those that are of one of the types, of one of the upstreams and of one of the workers. An event
 * that is of no upstream, or of no worker, is none of those.
 *
 * @param types at least one
 * @param upstreams by name; none for events of any upstream and of none
 * @param workers by user identity, with wildcards; likewise
 */
public record EventFilter(Set<EventType> types, Set<String> upstreams, List<UserPattern> workers) {
    public static final EventFilter ALL = of(EnumSet.allOf(EventType.class));

    public EventFilter {
        types = Collections.unmodifiableSet(EnumSet.copyOf(types));
        upstreams = Set.copyOf(upstreams);
        workers = List.copyOf(workers);
    }

    public static EventFilter of(Set<EventType> types) {
        return new EventFilter(types, Set.of(), List.of());
    }

    public boolean takes(PublishedEvent event) {
        return types.contains(event.type())
                && (upstreams.isEmpty()
                        || EventSubjects.upstreams(event.event()).stream().anyMatch(upstreams::contains))
                && (workers.isEmpty()
                        || !event.worker().isEmpty()
                                && workers.stream().anyMatch(pattern -> pattern.matches(event.worker())));
    }
}
