package sluice.upstream.provider;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import sluice.protocol.bitcoin.MerklePath;

/**
 * The templates that were handed on, by the ids we gave them: a provider that restarts may use its own ids again, and what
 * belongs to one template must never meet another.
 */
final class IssuedTemplates {
    /** Templates whose transactions and solutions are still recognised; the oldest gives way. */
    static final int MAX_TEMPLATES = 64;

    private final Map<Long, Issued> byId = new LinkedHashMap<>();
    private long nextId = 1;
    private long conversation;

    /** @param providerId the provider's own id, U64 */
    record Issued(long id, long providerId, MerklePath merklePath, long conversation) {}

    /** Another conversation, in which the provider's ids may mean other templates. */
    void newConversation() {
        conversation++;
    }

    Issued issue(ProvidedTemplate template) {
        Issued issued = new Issued(nextId++, template.id(), template.merklePath(), conversation);
        byId.put(issued.id(), issued);
        if (byId.size() > MAX_TEMPLATES) {
            byId.remove(byId.keySet().iterator().next());
        }
        return issued;
    }

    Optional<Issued> byId(long id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** The template that the provider means by {@code providerId} in this conversation. */
    Optional<Issued> byProviderId(long providerId) {
        return byId.values().stream()
                .filter(issued -> issued.providerId() == providerId && issued.conversation() == conversation)
                .findFirst();
    }
}
