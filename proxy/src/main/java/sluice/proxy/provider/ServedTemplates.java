package sluice.proxy.provider;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateTransactions;

/** The templates that one client may still ask about and solve, by the ids that it was given. */
final class ServedTemplates {
    /** One more, and the oldest gives way. */
    static final int MAX_TEMPLATES = 16;
    /** Templates that are gone and are still told from those that never were. */
    static final int MAX_REMEMBERED = 64;

    private final Map<Long, Served> byId = new LinkedHashMap<>();
    private final Set<Long> gone = new LinkedHashSet<>();

    private static final class Served {
        private Template template;
        private Instant staleAt = Instant.MAX;
        private boolean awaited;

        private Served(Template template) {
            this.template = template;
        }
    }

    /** Takes a template in; returns the ids that gave way and whose transactions the client waits for. */
    List<Long> add(long id, Template template) {
        byId.put(id, new Served(template));
        List<Long> disappointed = new ArrayList<>();
        if (byId.size() > MAX_TEMPLATES) {
            Map.Entry<Long, Served> oldest = byId.entrySet().iterator().next();
            remove(oldest.getKey(), oldest.getValue(), disappointed);
            byId.remove(oldest.getKey());
        }
        return disappointed;
    }

    Optional<Template> find(long id) {
        return Optional.ofNullable(byId.get(id)).map(served -> served.template);
    }

    /** Whether there was a template of this id, which is gone now. */
    boolean isGone(long id) {
        return gone.contains(id);
    }

    /** The client waits for the transactions of this template. */
    void await(long id) {
        byId.get(id).awaited = true;
    }

    /** The tip passed: what was served so far is forgotten at {@code staleAt}. */
    void retire(Instant staleAt) {
        for (Served served : byId.values()) {
            if (served.staleAt.equals(Instant.MAX)) {
                served.staleAt = staleAt;
            }
        }
    }

    /** Forgets what is stale; returns the ids whose transactions the client waits for. */
    List<Long> forget(Instant now) {
        List<Long> disappointed = new ArrayList<>();
        for (Iterator<Map.Entry<Long, Served>> all = byId.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Long, Served> one = all.next();
            if (!now.isBefore(one.getValue().staleAt)) {
                remove(one.getKey(), one.getValue(), disappointed);
                all.remove();
            }
        }
        return disappointed;
    }

    private void remove(long id, Served served, List<Long> disappointed) {
        if (served.awaited) {
            disappointed.add(id);
        }
        gone.add(id);
        if (gone.size() > MAX_REMEMBERED) {
            gone.remove(gone.iterator().next());
        }
    }

    /** The transactions of the source's template came; returns the ids that the client waits for. */
    List<Long> complete(long sourceId, TemplateTransactions transactions) {
        List<Long> awaited = new ArrayList<>();
        byId.forEach((id, served) -> {
            // One that went out without its transactions has others of its own.
            if (served.template.id() == sourceId
                    && served.template.transactions().isEmpty()) {
                served.template = served.template.with(transactions);
                if (served.awaited) {
                    served.awaited = false;
                    awaited.add(id);
                }
            }
        });
        return awaited;
    }

    int size() {
        return byId.size();
    }
}
