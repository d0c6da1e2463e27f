package sluice.upstream.session;

import java.util.List;
import java.util.stream.Collectors;
import sluice.protocol.sv2.message.extension.ExtensionMessage;
import sluice.protocol.sv2.message.extension.RequestExtensions;
import sluice.protocol.sv2.message.extension.RequestExtensionsError;
import sluice.protocol.sv2.message.extension.RequestExtensionsSuccess;
import sluice.protocol.sv2.message.extension.WorkerIdentity;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;

/**
 * Which extensions a pool speaks with us (extension 0x0001). We know one that it could: names on shares (0x0002). Confined
 * to its session.
 */
final class ExtensionNegotiation {
    /** Conversations that may break off at RequestExtensions before one does without: the pool may not bear the message. */
    static final int MAX_BROKEN_OFF = 2;

    private static final int NAMES = WorkerIdentity.EXTENSION_TYPE;
    private static final int U16_MASK = 0xffff;
    private static final int MAX_NAMED_EXTENSIONS = 8;

    /** What follows from something that the pool said. */
    sealed interface Outcome {
        /** It answers nothing that we asked. */
        record Unexpected() implements Outcome {}

        /** The pool requires what we left out. */
        record AskAgain() implements Outcome {}

        /** We cannot mine with this pool. */
        record Obstacle(String reason) implements Outcome {}

        record Settled() implements Outcome {}
    }

    private final boolean wanted;
    private boolean required;
    private boolean everAnswered;
    private int brokenOff;

    // Of this conversation.
    private int requestId;
    private boolean asked;
    private boolean awaited;
    private boolean agreed;

    /** @param wanted ask for names on shares, also where the pool does not require them */
    ExtensionNegotiation(boolean wanted) {
        this.wanted = wanted;
    }

    /** Another connection: nothing is agreed upon. */
    void restart() {
        requestId = 0;
        asked = false;
        awaited = false;
        agreed = false;
    }

    /** Whether this conversation has to begin with a request. */
    boolean isDue() {
        return required || wanted && (everAnswered || brokenOff < MAX_BROKEN_OFF);
    }

    boolean hasAsked() {
        return asked;
    }

    /** Whether the pool still owes an answer; one that is late is as good. */
    boolean isAwaited() {
        return awaited;
    }

    /** Whether shares carry names now. */
    boolean namesShares() {
        return agreed;
    }

    /** The question, or the same anew; until its answer nothing is agreed upon. */
    RequestExtensions request() {
        requestId = requestId + 1 & U16_MASK;
        asked = true;
        awaited = true;
        agreed = false;
        return new RequestExtensions(requestId, List.of(NAMES));
    }

    /** Takes what the pool says of extensions. */
    Outcome take(ExtensionMessage message) {
        return switch (message) {
            case RequestExtensionsSuccess success -> taken(success);
            case RequestExtensionsError error -> taken(error);
            case RequestExtensions request -> new Outcome.Unexpected();
        };
    }

    private Outcome taken(RequestExtensionsSuccess success) {
        if (!isAnswer(success.requestId())) {
            return new Outcome.Unexpected();
        }
        awaited = false;
        everAnswered = true;
        agreed = success.supportedExtensions().contains(NAMES);
        return new Outcome.Settled();
    }

    // A pool that requires something may say so unasked.
    private Outcome taken(RequestExtensionsError error) {
        boolean unasked = !asked && !error.requiredExtensions().isEmpty();
        if (!unasked && !isAnswer(error.requestId())) {
            return new Outcome.Unexpected();
        }
        awaited = false;
        everAnswered = true;
        required = error.requiredExtensions().contains(NAMES);
        List<Integer> unknown = error.requiredExtensions().stream()
                .filter(extension -> extension != NAMES)
                .toList();
        if (!unknown.isEmpty()) {
            return new Outcome.Obstacle("the pool requires " + listed(unknown) + ", which we do not know");
        }
        if (required && asked) {
            return new Outcome.Obstacle("the pool requires extension 0x0002 (names on shares) and refuses it");
        }
        return required ? new Outcome.AskAgain() : new Outcome.Settled();
    }

    private boolean isAnswer(int id) {
        return awaited && id == requestId;
    }

    private static String listed(List<Integer> extensions) {
        String ids = extensions.stream()
                .limit(MAX_NAMED_EXTENSIONS)
                .map("0x%04x"::formatted)
                .collect(Collectors.joining(", "));
        int more = extensions.size() - MAX_NAMED_EXTENSIONS;
        return (extensions.size() == 1 ? "extension " : "extensions ")
                + ids
                + (more > 0 ? " and " + more + " more" : "");
    }

    /** The share as the pool wants it: with its miner's name if that was agreed upon. */
    SubmitSharesExtended named(SubmitSharesExtended share, String name) {
        return agreed ? share.withTlvs(List.of(WorkerIdentity.of(name))) : share;
    }

    /** @param atTheQuestion the conversation came no further than our first request */
    void ended(boolean atTheQuestion) {
        brokenOff = atTheQuestion && awaited ? brokenOff + 1 : 0;
    }
}
