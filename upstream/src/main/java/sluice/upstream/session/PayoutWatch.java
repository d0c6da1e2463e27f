package sluice.upstream.session;

import java.util.Optional;
import java.util.function.Consumer;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;

/** Looks whom the jobs of a pool pay, and says so when that is somebody else. Confined to its session. */
public final class PayoutWatch {
    private final PayoutCheck check;
    private String told = "";

    public PayoutWatch(PayoutCheck check) {
        this.check = check;
    }

    /** Hands {@code job} on, or gives up the pool; what is wrong is said once, until something else is. */
    public void announce(UpstreamJob job, int extranonceSize, Consumer<UpstreamEvent> events, Consumer<String> giveUp) {
        Optional<String> complaint = check.complaint(job, extranonceSize);
        if (complaint.isPresent() && !told.equals(complaint.get())) {
            events.accept(new UpstreamEvent.PayoutMismatch(complaint.get()));
        }
        told = complaint.orElse("");
        if (complaint.isPresent() && check.leaves()) {
            giveUp.accept(complaint.get());
        } else {
            events.accept(new UpstreamEvent.JobAnnounced(job));
        }
    }
}
